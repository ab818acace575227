import type { Database } from "../db/database.ts";
import { alias, and, asc, count, eq, lt, ne, notExists, notInArray, or, sql } from "../db/orm.ts";
import { jobs } from "../db/schema/jobs.ts";
import { resourceLocks } from "../db/schema/resource-locks.ts";
import type { JobRow } from "./queue-contract.ts";

export const LEASE_MS = 30_000;
/** A worker without the lock below would hold some of them for a moment. */
const LOOKED_AT = 10;

export interface Claiming {
  readonly workerId: string;
  readonly now: Date;
  /** Jobs at once on one server, by all workers together. */
  readonly perServer: number;
}

/** Any number that nobody else uses on the same database. */
const CLAIM_LOCK = 5_223_110_428;

/** Takes the first queued job whose resource and server are free. One job per resource at a time, across all kinds. */
export async function claimNext(db: Database, claiming: Claiming): Promise<JobRow | undefined> {
  return await db.transaction(async (tx) => {
    // One claim at a time: of two at once neither would see the other's job on the same server.
    await tx.execute(sql`select pg_advisory_xact_lock(${CLAIM_LOCK})`);
    const free = await tx
      .select()
      .from(jobs)
      .where(and(eq(jobs.status, "queued"), isFree(tx, claiming.perServer)))
      .orderBy(asc(jobs.id))
      .limit(LOOKED_AT)
      .for("update", { skipLocked: true });
    for (const job of free) {
      if (await lockResource(tx, job)) return await start(tx, job, claiming);
    }
    return undefined;
  });
}

/** Asked in the database and before any limit: however many wait for one server or resource, they keep nobody else waiting. */
function isFree(tx: Database, perServer: number) {
  const running = alias(jobs, "running");
  const runningThere = tx
    .select({ count: count() })
    .from(running)
    .where(and(eq(running.serverId, jobs.serverId), eq(running.status, "running")));
  const locks = tx
    .select({ one: sql`1` })
    .from(resourceLocks)
    .where(eq(resourceLocks.resourceId, jobs.resourceId));
  return and(notExists(locks), lt(sql`${runningThere}`, perServer));
}

async function lockResource(tx: Database, { id, resourceId, attempt }: JobRow): Promise<boolean> {
  if (resourceId === null) return true;
  const locked = await tx
    .insert(resourceLocks)
    .values({ resourceId, jobId: id, attempt: attempt + 1 })
    .onConflictDoNothing()
    .returning({ resourceId: resourceLocks.resourceId });
  return locked.length === 1;
}

async function start(tx: Database, job: JobRow, { workerId, now }: Claiming): Promise<JobRow | undefined> {
  const [row] = await tx
    .update(jobs)
    .set({
      status: "running",
      attempt: job.attempt + 1,
      workerId,
      startedAt: job.startedAt ?? now,
      heartbeatAt: now,
      leaseUntil: new Date(now.getTime() + LEASE_MS),
    })
    .where(eq(jobs.id, job.id))
    .returning();
  return row;
}

export interface TakingOver {
  /** Nobody else can be alive: the embedded database at its start. */
  readonly anyLease: boolean;
  /** What this worker works on itself: its leases run out too while the catalogue is away. */
  readonly own: readonly string[];
}

/** Takes over a job whose worker no longer renews its lease. */
export async function takeOver(
  db: Database,
  { workerId, now }: Claiming,
  { anyLease, own }: TakingOver,
): Promise<JobRow | undefined> {
  return await db.transaction(async (tx) => {
    const lost = anyLease ? ne(jobs.workerId, workerId) : lt(jobs.leaseUntil, now);
    const [job] = await tx
      .select()
      .from(jobs)
      .where(and(eq(jobs.status, "running"), lost, notInArray(jobs.id, [...own])))
      .orderBy(asc(jobs.id))
      .limit(1)
      .for("update", { skipLocked: true });
    if (job === undefined) return undefined;
    if (job.resourceId !== null) {
      const lock = { resourceId: job.resourceId, jobId: job.id, attempt: job.attempt + 1 };
      await tx
        .insert(resourceLocks)
        .values(lock)
        .onConflictDoUpdate({
          target: resourceLocks.resourceId,
          set: lock,
          setWhere: eq(resourceLocks.jobId, job.id),
        });
    }
    return await start(tx, job, { workerId, now, perServer: 0 });
  });
}

/** The fence: a worker writes only while the row still carries its own attempt. */
export function mine(job: Pick<JobRow, "id" | "attempt">) {
  return and(eq(jobs.id, job.id), eq(jobs.attempt, job.attempt), eq(jobs.status, "running"));
}

/** Renews the lease and tells whether somebody asked to cancel; undefined when the job is no longer ours. */
export async function renew(
  db: Database,
  job: JobRow,
  now: Date,
): Promise<{ readonly cancelRequested: boolean } | undefined> {
  const [row] = await db
    .update(jobs)
    .set({
      heartbeatAt: now,
      leaseUntil: new Date(now.getTime() + LEASE_MS),
      updatedAt: sql`${jobs.updatedAt}`,
    })
    .where(mine(job))
    .returning({ cancelRequestedAt: jobs.cancelRequestedAt });
  return row === undefined ? undefined : { cancelRequested: row.cancelRequestedAt !== null };
}

/** Lets the next worker take these jobs at once. */
export async function giveBack(db: Database, running: readonly JobRow[], now: Date): Promise<void> {
  if (running.length === 0) return;
  await db
    .update(jobs)
    .set({ leaseUntil: new Date(now.getTime() - 1), workerId: "" })
    .where(or(...running.map(mine)));
}

/** Writes a job's end and frees its resource, in one transaction. False when the job was no longer ours. */
export async function endJob(
  db: Database,
  job: JobRow,
  end: Pick<typeof jobs.$inferInsert, "status" | "error" | "result" | "finishedAt" | "progress">,
): Promise<boolean> {
  return await db.transaction(async (tx) => {
    const ended = await tx
      .update(jobs)
      .set({ ...end, phase: "done", leaseUntil: null })
      .where(mine(job))
      .returning({ id: jobs.id });
    if (ended.length === 0) return false;
    await tx.delete(resourceLocks).where(eq(resourceLocks.jobId, job.id));
    return true;
  });
}
