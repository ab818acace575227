export const JOB_KINDS = [
  "backup",
  "restore",
  "validate",
  "copy",
  "sync",
  "delete",
  "scan",
  "cleanup",
] as const;
export type JobKind = (typeof JOB_KINDS)[number];

export const JOB_STATUSES = ["queued", "running", "succeeded", "failed", "cancelled", "interrupted"] as const;
export type JobStatus = (typeof JOB_STATUSES)[number];

/** What a running job is doing now; the panel and the scripts have a sentence for each. */
export const JOB_PHASES = [
  "waiting",
  "checking",
  "dumping",
  "storing",
  "validating",
  "hook-before",
  "hook-after",
  "safety-backup",
  "loading",
  "comparing",
  "switching",
  "cleaning",
  "done",
] as const;
export type JobPhase = (typeof JOB_PHASES)[number];

export interface JobProgress {
  /** Bytes that came to rest (backup) or were read from the archive (validate, restore). */
  readonly bytes: number;
  readonly totalBytes: number | null;
  readonly bytesPerSecond: number;
  readonly secondsLeft: number | null;
}

export function isJobOver(status: JobStatus): boolean {
  return status !== "queued" && status !== "running";
}
