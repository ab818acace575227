import { Fault, isJobOver } from "@cofre/core/model";
import type { Database } from "../db/database.ts";
import { and, asc, eq, inArray } from "../db/orm.ts";
import { backupCopies } from "../db/schema/backup-copies.ts";
import { backups } from "../db/schema/backups.ts";
import { jobs } from "../db/schema/jobs.ts";
import type { JobOrder, JobQueue, JobRow } from "./queue-contract.ts";
import type { Waker } from "./waker.ts";

/** Kinds that are refused when their resource is busy; the others wait for it. */
const REFUSED_WHEN_BUSY = new Set(["restore", "delete"]);

export interface QueueDeps {
  readonly db: Database;
  readonly waker: Waker;
  readonly now: () => Date;
  /** Tells a worker of this very process, sooner than the queue's message comes around. */
  readonly nudge: () => void;
}

export function createQueue({ db, waker, now, nudge }: QueueDeps): JobQueue {
  return {
    async enqueue(tx, order) {
      await refuseWhenBusy(tx, order);
      const [row] = await tx
        .insert(jobs)
        .values({ ...order, createdAt: now() })
        .returning();
      if (row === undefined) throw new Error("the job's row was not written");
      await waker.wakeInside(tx, row.id);
      // After the caller's transaction, which has a few more statements to run.
      setTimeout(nudge, 50).unref();
      return row;
    },
    async cancel(job) {
      const queued = await cancelQueued(db, job, now());
      if (queued !== undefined) return queued;
      const [asked] = await db
        .update(jobs)
        .set({ cancelRequestedAt: now() })
        .where(and(eq(jobs.id, job.id), eq(jobs.status, "running")))
        .returning();
      return asked ?? (await reread(db, job));
    },
  };
}

/** The job that a restore or delete of this resource would collide with. */
export async function collidingJob(tx: Database, resourceId: string): Promise<JobRow | undefined> {
  const [open] = await tx
    .select()
    .from(jobs)
    .where(and(eq(jobs.resourceId, resourceId), inArray(jobs.status, ["queued", "running"])))
    .orderBy(asc(jobs.id))
    .limit(1);
  return open;
}

async function refuseWhenBusy(tx: Database, { kind, resourceId }: JobOrder): Promise<void> {
  if (resourceId === null || !REFUSED_WHEN_BUSY.has(kind)) return;
  const other = await collidingJob(tx, resourceId);
  if (other === undefined) return;
  throw new Fault("resource.busy", `a ${other.kind} (job ${other.id}) is ${other.status} on this resource`, {
    hint: "Wait until it ends, or cancel it, then try again.",
    context: { jobId: other.id },
  });
}

/** A job that nobody works on yet is over at once, and so are its backups. */
async function cancelQueued(db: Database, job: JobRow, now: Date): Promise<JobRow | undefined> {
  return await db.transaction(async (tx) => {
    const [row] = await tx
      .update(jobs)
      .set({ status: "cancelled", cancelRequestedAt: now, finishedAt: now, phase: "done" })
      .where(and(eq(jobs.id, job.id), eq(jobs.status, "queued")))
      .returning();
    if (row === undefined) return undefined;
    await tx
      .update(backups)
      .set({ status: "cancelled" })
      .where(and(eq(backups.jobId, job.id), inArray(backups.status, ["pending", "running"])));
    await tx
      .update(backupCopies)
      .set({ status: "cancelled" })
      .where(and(eq(backupCopies.jobId, job.id), eq(backupCopies.status, "pending")));
    return row;
  });
}

async function reread(db: Database, job: JobRow): Promise<JobRow> {
  const [row] = await db.select().from(jobs).where(eq(jobs.id, job.id));
  if (row !== undefined && (isJobOver(row.status) || row.cancelRequestedAt !== null)) return row;
  throw new Fault("state.conflict", `the job ${job.id} changed at this moment`, { hint: "Try again." });
}
