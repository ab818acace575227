import { dueSince, nextRuns } from "@cofre/core";
import { appendAudit } from "../audit/append.ts";
import type { Database } from "../db/database.ts";
import { and, asc, eq, inArray, isNull, lte } from "../db/orm.ts";
import { bucketSyncs } from "../db/schema/bucket-syncs.ts";
import { jobs, type Requester } from "../db/schema/jobs.ts";
import { resources } from "../db/schema/resources.ts";
import type { Deps } from "../deps.ts";
import { scheduleOf } from "../feature/schedules/rule.ts";
import type { ResourceRow } from "../reach/reach.ts";
import type { JobRow } from "./queue-contract.ts";

type Ordering = Pick<Deps, "db" | "queue" | "now" | "log">;

interface SyncOrder {
  readonly resource: ResourceRow;
  readonly requestedBy: Requester;
}

/** Writes a run's job in the caller's transaction. */
export async function orderSync(
  tx: Database,
  { queue }: Pick<Deps, "queue">,
  { resource, requestedBy }: SyncOrder,
): Promise<JobRow> {
  const { id: resourceId, organizationId, projectId, serverId } = resource;
  return await queue.enqueue(tx, {
    ...{ organizationId, projectId, serverId, resourceId, requestedBy },
    kind: "sync",
    backupIds: [],
    request: { kind: "sync" },
  });
}

/** The run of a resource that is queued or running. */
export async function openSync(tx: Database, resourceId: string): Promise<JobRow | undefined> {
  const [row] = await tx
    .select()
    .from(jobs)
    .where(
      and(
        eq(jobs.resourceId, resourceId),
        eq(jobs.kind, "sync"),
        inArray(jobs.status, ["queued", "running"]),
      ),
    )
    .limit(1);
  return row;
}

/**
 * Orders a run of every sync that is due, each in one transaction with its next time. However many were missed, one run catches up on
 * them; while one is queued or running, none is added.
 */
export async function orderSyncs(deps: Ordering): Promise<void> {
  const due = await deps.db
    .select({ id: bucketSyncs.id })
    .from(bucketSyncs)
    .where(isDue(deps.now()))
    .orderBy(asc(bucketSyncs.nextRunAt));
  for (const { id } of due) {
    try {
      const fired = await deps.db.transaction((tx) => fireIfDue(deps, tx, id));
      if (fired !== undefined) await tell(deps, fired);
    } catch (error) {
      // It stays due; the others must not wait for it.
      deps.log.error({ err: error, syncId: id }, "a sync could not be ordered");
    }
  }
}

function isDue(now: Date) {
  return and(eq(bucketSyncs.enabled, true), lte(bucketSyncs.nextRunAt, now));
}

interface Fired {
  readonly syncId: string;
  readonly resource: ResourceRow;
  /** Undefined when a run was under way. */
  readonly jobId: string | undefined;
  readonly missed: number;
}

async function fireIfDue(deps: Ordering, tx: Database, id: string): Promise<Fired | undefined> {
  const now = deps.now();
  const [row] = await tx
    .select()
    .from(bucketSyncs)
    .innerJoin(resources, and(eq(resources.id, bucketSyncs.resourceId), isNull(resources.removedAt)))
    .where(and(eq(bucketSyncs.id, id), isDue(now)))
    .for("update", { skipLocked: true, of: bucketSyncs });
  if (row === undefined || row.bucket_syncs.nextRunAt === null) return undefined;
  const { bucket_syncs: sync, resources: resource } = row;
  const due = dueSince(scheduleOf(sync), new Date(row.bucket_syncs.nextRunAt.getTime() - 1), now);
  await tx
    .update(bucketSyncs)
    .set({
      nextRunAt: nextRuns(scheduleOf(sync), now, 1)[0] ?? null,
      ...(due && { lastRunAt: due.dueAt }),
      updatedAt: sync.updatedAt,
    })
    .where(eq(bucketSyncs.id, id));
  if (due === undefined) return undefined;
  const fired = { syncId: id, resource, missed: due.missed };
  if ((await openSync(tx, resource.id)) !== undefined) return { ...fired, jobId: undefined };
  const requestedBy = { kind: "schedule", id, name: "sync" } as const;
  const job = await orderSync(tx, deps, { resource, requestedBy });
  return { ...fired, jobId: job.id };
}

async function tell({ db, now, log }: Ordering, { resource, syncId, jobId, missed }: Fired): Promise<void> {
  log.info({ syncId, resourceId: resource.id, jobId, missed }, "a scheduled sync came due");
  await appendAudit(db, {
    organizationId: resource.organizationId,
    at: now(),
    actor: { kind: "schedule", id: syncId, name: "sync" },
    address: null,
    requestId: null,
    action: "sync.run",
    target: { kind: "resource", id: resource.id, name: resource.name },
    result: jobId === undefined ? "refused" : "ok",
    code: jobId === undefined ? "resource.busy" : null,
  });
}
