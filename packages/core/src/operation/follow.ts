import { setTimeout as sleep } from "node:timers/promises";
import type { ServerJobs, ServerJobView } from "../host/server-jobs.ts";
import { Fault, isFault } from "../model/fault.ts";
import type { Work } from "./work.ts";

const FIRST_POLL_MS = 50;
const LONGEST_POLL_MS = 1_000;

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
  for (let pause = FIRST_POLL_MS; ; pause = Math.min(pause * 1.5, LONGEST_POLL_MS)) {
    const view = await look(work, followed, life);
    if (view !== undefined && view.state !== "running") return view;
    if (view !== undefined) followed.onView(view);
    if (life.isOver(view)) await stopUnlessWorking(followed, life);
    await pauseOrStop(work, followed, pause);
  }
}

async function look(work: Work, followed: Followed, life: LifeWatch): Promise<ServerJobView | undefined> {
  if (work.signal.aborted) return await stop(work, followed);
  try {
    const [view] = await followed.jobs.poll(followed.journals, [followed.id]);
    return view;
  } catch (error) {
    if (!isFault(error, "server.unreachable")) throw error;
    life.lost = error;
    return undefined;
  }
}

async function pauseOrStop(work: Work, followed: Followed, pauseMs: number): Promise<void> {
  try {
    await sleep(pauseMs, undefined, { signal: work.signal });
  } catch {
    await stop(work, followed);
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
