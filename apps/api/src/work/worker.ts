import { isFault, type JobKind, toFault } from "@cofre/core/model";
import { newId } from "../db/columns.ts";
import { keepFault } from "../db/kept-fault.ts";
import type { Deps } from "../deps.ts";
import { claimNext, endJob, giveBack, takeOver } from "./lease.ts";
import type { JobRow } from "./queue-contract.ts";
import { type Held, hold, type Running } from "./running.ts";

/** Does one kind of job. Rejects with a Fault; whatever it notes is kept with the job's end. */
export type DoJob = (running: Running) => Promise<void>;

export interface WorkerOptions {
  readonly kinds: Readonly<Record<JobKind, DoJob>>;
  /** Jobs at once in this process, and on one server. */
  readonly limits: { readonly perWorker: number; readonly perServer: number };
}

export interface Worker {
  /** Looks for something to do, now. */
  nudge(): void;
  /** Stops claiming and lets go of what runs; server jobs run on by themselves. */
  close(): Promise<void>;
}

const LOOK_MS = 5_000;

/** Claims jobs and does them, until closed. */
export function startWorker(deps: Deps, { kinds, limits }: WorkerOptions): Worker {
  const workerId = newId();
  const held = new Map<string, { readonly held: Held; readonly job: JobRow; readonly done: Promise<void> }>();
  let closing = false;
  let looking: Promise<void> | undefined;
  let again = false;
  let isFirstLook = deps.catalogue.kind === "embedded";
  const timer = setInterval(nudge, LOOK_MS);
  nudge();
  return { nudge, close };

  function nudge(): void {
    if (closing) return;
    again = true;
    looking ??= lookWhileAsked().finally(() => {
      looking = undefined;
    });
  }

  async function lookWhileAsked(): Promise<void> {
    while (again && !closing) {
      again = false;
      try {
        await takeAll();
      } catch (error) {
        deps.log.warn({ err: error }, "looking for jobs failed");
      }
    }
  }

  async function takeAll(): Promise<void> {
    while (held.size < limits.perWorker && !closing) {
      const claiming = { workerId, now: deps.now(), perServer: limits.perServer };
      const lost = await takeOver(deps.db, claiming, { anyLease: isFirstLook });
      const job = lost ?? (await claimNext(deps.db, claiming));
      if (job === undefined) break;
      begin(job);
    }
    isFirstLook = false;
  }

  function begin(job: JobRow): void {
    const holding = hold(deps, job);
    const done = work(holding, job).finally(() => {
      held.delete(job.id);
      nudge();
    });
    held.set(job.id, { held: holding, job, done });
  }

  async function work(holding: Held, job: JobRow): Promise<void> {
    const log = deps.log.child({ jobId: job.id, kind: job.kind, attempt: job.attempt });
    log.info({ resourceId: job.resourceId }, "job started");
    const error = await kinds[job.kind](holding.running).then(() => undefined, toFault);
    const progress = await holding.close();
    if (isFault(error, "job.interrupted") && holding.running.work.signal.aborted) return;
    if (error?.code === "bug") log.error({ err: error.cause ?? error }, "job broke");
    const status = error === undefined ? "succeeded" : statusOf(error.code);
    await endUntilWritten(job, {
      status,
      progress,
      finishedAt: deps.now(),
      result: holding.running.notes,
      error: error === undefined || status === "cancelled" ? null : keepFault(error),
    });
    log.info({ status, code: error?.code }, "job ended");
  }

  /** The end of a long job must not be lost because the catalogue was away for a moment. */
  async function endUntilWritten(job: JobRow, end: Parameters<typeof endJob>[2]): Promise<void> {
    for (;;) {
      try {
        await endJob(deps.db, job, end);
        return;
      } catch (error) {
        if (closing) return;
        deps.log.warn({ jobId: job.id, err: error }, "the job's end could not be written, trying again");
        await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      }
    }
  }

  async function close(): Promise<void> {
    closing = true;
    clearInterval(timer);
    await looking;
    const open = [...held.values()];
    for (const one of open) one.held.detach();
    await Promise.all(open.map((one) => one.done));
    await giveBack(
      deps.db,
      open.map((one) => one.job),
      deps.now(),
    );
  }
}

function statusOf(code: string): "failed" | "cancelled" | "interrupted" {
  if (code === "job.cancelled") return "cancelled";
  return code === "job.interrupted" ? "interrupted" : "failed";
}
