import type { Work } from "@cofre/core";
import { Fault, isFault, type JobProgress } from "@cofre/core/model";
import { isCatalogueAway } from "../db/is-away.ts";
import { jobs } from "../db/schema/jobs.ts";
import type { Deps } from "../deps.ts";
import { mine, renew } from "./lease.ts";
import { type Pace, paceOf } from "./pace.ts";
import type { JobRow } from "./queue-contract.ts";

const WATCH_MS = 1_000;
const FLUSH_MS = 300;
const STALL_MS = 15 * 60_000;

/** A job in this worker's hands. */
export interface Running {
  readonly deps: Deps;
  readonly job: JobRow;
  readonly work: Work;
  /** An earlier attempt was cut: look for what it left before anything new is started. */
  readonly isTakenUp: boolean;
  /** Warnings and facts for people, shown with the job's end. */
  readonly notes: Record<string, unknown>;
}

export interface Held {
  readonly running: Running;
  /** Lets go without cancelling anything: server jobs run on, and the next worker finds them. */
  detach(): void;
  /** Writes the last progress and stops watching. */
  close(): Promise<JobProgress>;
}

/**
 * Whether this worker is to leave everything as it is for the next attempt: it was told to, whatever error that looks like from
 * inside, or the catalogue is away and nothing that it could write now would be the truth.
 */
export function isLettingGo({ signal }: Pick<Work, "signal">, error: unknown): boolean {
  return (signal.aborted && isFault(signal.reason, "job.interrupted")) || isCatalogueAway(error);
}

/** Watches over a claimed job: renews its lease, hears of a cancel, writes progress while it is ours. */
export function hold(deps: Deps, job: JobRow): Held {
  const stop = new AbortController();
  const pace = paceOf(deps.now);
  const watch = setInterval(() => void look(deps, job, stop), WATCH_MS);
  let isDirty = false;
  const flush = setInterval(() => {
    if (isDirty) void write(deps, job, pace);
    isDirty = false;
  }, FLUSH_MS);
  const work: Work = {
    id: job.id,
    owner: deps.installation.id,
    signal: stop.signal,
    now: deps.now,
    stallMs: STALL_MS,
    report(step) {
      pace.take(step);
      isDirty = true;
    },
  };
  return {
    running: { deps, job, work, isTakenUp: job.attempt > 1, notes: {} },
    detach: () => stop.abort(new Fault("job.interrupted", "this worker let go of the job")),
    async close() {
      clearInterval(watch);
      clearInterval(flush);
      return pace.progress();
    },
  };
}

async function look(deps: Deps, job: JobRow, stop: AbortController): Promise<void> {
  try {
    const seen = await renew(deps.db, job, deps.now());
    if (seen === undefined) stop.abort(new Fault("job.interrupted", "another worker took the job over"));
    else if (seen.cancelRequested) stop.abort(new Fault("job.cancelled", "the job was cancelled"));
  } catch (error) {
    // The catalogue may be away for a moment; the work itself does not need it.
    deps.log.warn({ jobId: job.id, err: error }, "the job's lease could not be renewed");
  }
}

async function write(deps: Deps, job: JobRow, pace: Pace): Promise<void> {
  try {
    await deps.db.update(jobs).set({ phase: pace.phase(), progress: pace.progress() }).where(mine(job));
  } catch (error) {
    deps.log.warn({ jobId: job.id, err: error }, "the job's progress could not be written");
  }
}
