import { ApiError, type Cofre, type Job } from "@cofre/sdk";
import type { Output } from "./output.ts";

/** What a script works with. */
export interface Tools {
  readonly cofre: Cofre;
  readonly out: Output;
  /** Aborted when somebody interrupts the script: begin nothing more. */
  readonly signal: AbortSignal;
  /** Waits for a job that this script started, showing its steps; interrupted, it cancels the job. Rejects unless it succeeded. */
  finish(label: string, job: Pick<Job, "id">): Promise<Job>;
}

export function finishWith({ cofre, out, signal }: Omit<Tools, "finish">): Tools["finish"] {
  return async (label, { id }) => {
    const onStep = (step: Job) => out.step(label, step);
    try {
      return await cofre.wait(id, { signal, onStep });
    } catch (error) {
      if (!signal.aborted) throw error;
    }
    await cancel(cofre, id);
    try {
      const job = await cofre.wait(id, { onStep });
      out.warn(`${label}: it was already done when it was to be cancelled (job ${id})`);
      return job;
    } catch (error) {
      if (error instanceof ApiError && error.code === "job.cancelled")
        out.warn(`${label}: cancelled (job ${id})`);
      throw error;
    }
  };
}

async function cancel(cofre: Cofre, id: string): Promise<void> {
  try {
    await cofre.jobs.cancel.mutate({ id });
  } catch (error) {
    // It was over before: waiting for it tells how it ended.
    if (!(error instanceof ApiError && error.code === "state.conflict")) throw error;
  }
}
