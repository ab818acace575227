import type { JobPhase } from "../model/job.ts";

/** What every operation is given besides its request: who it is, how it is stopped, to whom it tells how far it is. */
export interface Work {
  /** 32 hex characters, fixed for the job's whole life: an operation started again with the same id re-attaches to what it left on the server. */
  readonly id: string;
  /** This installation's id. */
  readonly owner: string;
  readonly signal: AbortSignal;
  readonly now: () => Date;
  /** No bytes and no sign of life for this long fails the job as stalled. */
  readonly stallMs: number;
  report(step: Step): void;
}

export interface Step {
  readonly phase: JobPhase;
  readonly bytes?: number;
  readonly totalBytes?: number | null;
}
