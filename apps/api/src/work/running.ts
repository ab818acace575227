import type { Step, Work } from "@cofre/core";
import { Fault, type JobProgress } from "@cofre/core/model";
import { jobs } from "../db/schema/jobs.ts";
import type { Deps } from "../deps.ts";
import { mine, renew } from "./lease.ts";
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

/** Watches over a claimed job: renews its lease, hears of a cancel, writes progress while it is ours. */
export function hold(deps: Deps, job: JobRow): Held {
  const stop = new AbortController();
  const pace = paceOf(deps.now);
  let closed = false;
  let dirty = false;
  const watch = setInterval(() => void look(), WATCH_MS);
  const flush = setInterval(() => void write(), FLUSH_MS);
  const work: Work = {
    id: job.id,
    owner: deps.installation.id,
    signal: stop.signal,
    now: deps.now,
    stallMs: STALL_MS,
    report(step) {
      pace.take(step);
      dirty = true;
    },
  };
  return {
    running: { deps, job, work, isTakenUp: job.attempt > 1, notes: {} },
    detach: () => stop.abort(new Fault("job.interrupted", "this worker let go of the job")),
    async close() {
      closed = true;
      clearInterval(watch);
      clearInterval(flush);
      return pace.progress();
    },
  };

  async function look(): Promise<void> {
    try {
      const seen = await renew(deps.db, job, deps.now());
      if (closed) return;
      if (seen === undefined) stop.abort(new Fault("job.interrupted", "another worker took the job over"));
      else if (seen.cancelRequested) stop.abort(new Fault("job.cancelled", "the job was cancelled"));
    } catch (error) {
      // The catalogue may be away for a moment; the work itself does not need it.
      deps.log.warn({ jobId: job.id, err: error }, "the job's lease could not be renewed");
    }
  }

  async function write(): Promise<void> {
    if (!dirty || closed) return;
    dirty = false;
    try {
      await deps.db.update(jobs).set({ phase: pace.phase(), progress: pace.progress() }).where(mine(job));
    } catch (error) {
      deps.log.warn({ jobId: job.id, err: error }, "the job's progress could not be written");
    }
  }
}

interface Pace {
  take(step: Step): void;
  phase(): Step["phase"];
  progress(): JobProgress;
}

/** Weight of the newest sample in the rate that people see. */
const SMOOTHING = 0.3;

/** Turns bytes seen now and then into a rate that does not jump, and a time left. */
function paceOf(now: () => Date): Pace {
  let last: Step = { phase: "waiting" };
  let sample = { at: now().getTime(), bytes: 0 };
  let rate = 0;
  return {
    take(step) {
      const at = now().getTime();
      const bytes = step.bytes ?? 0;
      if (step.phase !== last.phase || bytes < sample.bytes) {
        sample = { at, bytes };
        rate = 0;
      } else if (at - sample.at >= FLUSH_MS) {
        const seen = ((bytes - sample.bytes) * 1000) / (at - sample.at);
        rate = rate === 0 ? seen : rate + SMOOTHING * (seen - rate);
        sample = { at, bytes };
      }
      last = step;
    },
    phase: () => last.phase,
    progress() {
      const bytes = last.bytes ?? 0;
      const totalBytes = last.totalBytes ?? null;
      const left = totalBytes === null || rate === 0 ? null : Math.max(0, (totalBytes - bytes) / rate);
      return {
        bytes,
        totalBytes,
        bytesPerSecond: Math.round(rate),
        secondsLeft: left === null ? null : Math.round(left),
      };
    },
  };
}
