import { setTimeout as sleep } from "node:timers/promises";
import { type FaultCode, type JobKind, toFault } from "@cofre/core/model";
import type { Deps } from "../deps.ts";
import { keepCleaned } from "./cleaned.ts";
import { endJob, giveBack } from "./lease.ts";
import type { JobRow } from "./queue-contract.ts";
import { type Held, isLettingGo, type Running } from "./running.ts";

/** Does one kind of job. Rejects with a Fault; whatever it notes is kept with the job's end. */
export type DoJob = (running: Running) => Promise<void>;

export type Kinds = Readonly<Record<JobKind, DoJob>>;

const AGAIN_MS = 5_000;

/** Does a job and writes its end. A job that this worker let go of, or lost, is left to the next one as it is. */
export async function perform(deps: Deps, { held, job }: HeldJob, options: Performing): Promise<void> {
  const log = deps.log.child({ jobId: job.id, kind: job.kind, attempt: job.attempt });
  log.info({ resourceId: job.resourceId }, "job started");
  const error = await options.kinds[job.kind](held.running).then(() => undefined, toFault);
  const progress = await held.close();
  if (error !== undefined && isLettingGo(held.running.work, error)) {
    await letGo(deps, { held, job }, options);
    return;
  }
  if (error?.code === "bug") log.error({ err: error.cause ?? error }, "job broke");
  const status = error === undefined ? "succeeded" : statusOf(error.code);
  const end = { status, progress, finishedAt: deps.now(), result: held.running.notes } as const;
  const isTold = error !== undefined && status !== "cancelled";
  await untilWritten(deps, { job, isClosing: options.isClosing }, async () =>
    endJob(deps.db, job, { ...end, error: isTold ? await keepCleaned({ deps, job }, error) : null }),
  );
  log.info({ status, code: error?.code }, "job ended");
}

export interface HeldJob {
  readonly held: Held;
  readonly job: JobRow;
}

interface Performing {
  readonly kinds: Kinds;
  readonly isClosing: () => boolean;
}

/** The next worker takes the job as it is; where only the catalogue was away, it is taken up again, here or elsewhere. */
async function letGo(deps: Deps, { held, job }: HeldJob, { isClosing }: Performing): Promise<void> {
  if (held.running.work.signal.aborted) return;
  deps.log.warn({ jobId: job.id }, "the catalogue was away: the job is to be taken up again");
  await untilWritten(deps, { job, isClosing }, () => giveBack(deps.db, [job], deps.now()));
}

interface Writing {
  readonly job: JobRow;
  readonly isClosing: () => boolean;
}

/** What became of a long job must not be lost because the catalogue was away for a moment. */
async function untilWritten(
  deps: Deps,
  { job, isClosing }: Writing,
  write: () => Promise<unknown>,
): Promise<void> {
  for (;;) {
    try {
      await write();
      return;
    } catch (error) {
      if (isClosing()) return;
      deps.log.warn({ jobId: job.id, err: error }, "the job's end could not be written, trying again");
      await sleep(AGAIN_MS);
    }
  }
}

function statusOf(code: FaultCode): "failed" | "cancelled" | "interrupted" {
  if (code === "job.cancelled") return "cancelled";
  return code === "job.interrupted" ? "interrupted" : "failed";
}
