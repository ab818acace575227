import type { Job } from "./procedures.ts";

export interface FollowOptions {
  readonly signal?: AbortSignal | undefined;
  /** For how long Cofre may be away, in milliseconds; five minutes when not given. The job itself goes on meanwhile. */
  readonly patienceMs?: number | undefined;
}

export interface WaitOptions extends FollowOptions {
  /** Is told every change. */
  readonly onStep?: ((job: Job) => void) | undefined;
}

export interface Jobs {
  /**
   * Every change of a job, live, from where it stands now to its end. A connection that broke, or a Cofre that restarts, is waited
   * for; rejects with an ApiError when that takes longer than the patience.
   */
  follow(jobId: string, options?: FollowOptions): AsyncGenerator<Job, void, void>;
  /** Waits for the end. Rejects with the job's own fault unless it succeeded. */
  wait(jobId: string, options?: WaitOptions): Promise<Job>;
}
