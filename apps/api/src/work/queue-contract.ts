import type { JobKind } from "@cofre/core/model";
import type { Database } from "../db/database.ts";
import type { jobs, Requester } from "../db/schema/jobs.ts";
import type { JobRequest } from "./job-request.ts";

export type JobRow = typeof jobs.$inferSelect;

/** A job to be done, as a router or the scheduler asks for it. */
export interface JobOrder {
  readonly organizationId: string;
  readonly projectId: string | null;
  readonly serverId: string | null;
  readonly resourceId: string | null;
  readonly kind: JobKind;
  readonly backupIds: readonly string[];
  readonly request: JobRequest;
  readonly requestedBy: Requester;
}

export interface JobQueue {
  /**
   * Writes the job's row and wakes a worker for it, both in the caller's transaction: neither is there without the other. A backup
   * or validation waits for its resource; a restore or delete that finds the resource busy throws `resource.busy` with the other job's id.
   */
  enqueue(tx: Database, order: JobOrder): Promise<JobRow>;
  /** Asks whoever works on the job to stop, and returns its row; a queued one is over at once. An ended job is left as it is. */
  cancel(job: JobRow): Promise<JobRow>;
}
