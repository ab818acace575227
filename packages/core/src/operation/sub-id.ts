import { createHash } from "node:crypto";

/** A fixed id for a part of a job: the same parts get the same ids when the job is taken up again. 32 hex characters. */
export function subId(jobId: string, part: string): string {
  return createHash("sha256").update(`${jobId}/${part}`).digest("hex").slice(0, 32);
}
