import { addAbortListener } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import type { ServerJobs, ServerJobView } from "../host/server-jobs.ts";
import { Fault, isFault } from "../model/fault.ts";
import type { Work } from "./work.ts";

/** The first look is soon, so that progress is seen at once; the server answers earlier when the job is over. */
const FIRST_WAIT_MS = 250;
const WAIT_MS = 1_000;

/** Where a server job is followed, and who wants to know how far it is. */
export interface Followed {
  readonly jobs: ServerJobs;
  readonly journals: string;
  readonly id: string;
  /** See Restoration: a silent program whose server is busy for it is not stalled. */
  readonly isWorking?: (() => Promise<boolean>) | undefined;
  onView(view: ServerJobView): void;
}

/**
 * Polls a server job until it is over. Stops it when the work is aborted, fails it as `job.stalled` after `work.stallMs` without a
 * byte or a sign of life. A lost connection is not the job's end: polling goes on until the server answers, or as long as a stall.
 */
export async function follow(work: Work, followed: Followed): Promise<ServerJobView> {
  const life = lifeWatch(work);
  for (let waitMs = FIRST_WAIT_MS; ; waitMs = WAIT_MS) {
    const began = performance.now();
    const view = await orStop(work, followed, look(followed, waitMs, life));
    if (view !== undefined && view.state !== "running") return view;
    if (view !== undefined) followed.onView(view);
    if (life.isOver(view)) await stopUnlessWorking(followed, life);
    const restMs = waitMs - (performance.now() - began);
    if (restMs > 0) await orStop(work, followed, sleep(restMs, undefined, { signal: work.signal }));
  }
}

async function look(followed: Followed, waitMs: number, life: LifeWatch): Promise<ServerJobView | undefined> {
  try {
    const [view] = await followed.jobs.poll(followed.journals, [followed.id], waitMs);
    return view;
  } catch (error) {
    if (!isFault(error, "server.unreachable")) throw error;
    life.lost = error;
    return undefined;
  }
}

/** What is awaited, unless the work is aborted first: then the job is stopped at once. */
async function orStop<Value>(work: Work, followed: Followed, awaited: Promise<Value>): Promise<Value> {
  const aborted = Promise.withResolvers<never>();
  const listener = addAbortListener(work.signal, () => aborted.reject(work.signal.reason));
  try {
    return await Promise.race([awaited, aborted.promise]);
  } catch (error) {
    if (!work.signal.aborted) throw error;
    return await stop(work, followed);
  } finally {
    listener[Symbol.dispose]();
  }
}

/**
 * Rejects with the reason of the abort. A cancel stops the job on the server; a worker that merely lets go (`job.interrupted`) leaves
 * it running for the next one.
 */
async function stop(work: Work, followed: Followed): Promise<never> {
  const reason: unknown = work.signal.reason;
  if (isFault(reason, "job.interrupted")) throw reason;
  await followed.jobs.cancel(followed.journals, followed.id);
  await followed.jobs.forget(followed.journals, followed.id);
  throw reason instanceof Fault
    ? reason
    : new Fault("job.cancelled", "the work was cancelled", { cause: reason });
}

async function stopUnlessWorking(followed: Followed, life: LifeWatch): Promise<void> {
  if (life.lost !== undefined) throw life.lost;
  if (followed.isWorking !== undefined && (await followed.isWorking().catch(() => false))) life.prolong();
  else await stopStalled(followed);
}

async function stopStalled(followed: Followed): Promise<never> {
  await followed.jobs.cancel(followed.journals, followed.id);
  throw new Fault("job.stalled", "nothing moved and nothing worked on the server for too long", {
    hint: "Look whether a lock or a full disk holds the database, then try again.",
  });
}

interface LifeWatch {
  /** The last loss of the connection, while it lasts. */
  lost: Fault | undefined;
  isOver(view: ServerJobView | undefined): boolean;
  prolong(): void;
}

function lifeWatch(work: Work): LifeWatch {
  let sign = "";
  let since = work.now().getTime();
  return {
    lost: undefined,
    isOver(view) {
      const now = work.now().getTime();
      if (view !== undefined) {
        this.lost = undefined;
        const next = `${view.bytes}/${view.rawBytes}/${view.lifeSign}`;
        if (next !== sign) since = now;
        sign = next;
      }
      return now - since > work.stallMs;
    },
    prolong() {
      since = work.now().getTime();
    },
  };
}
