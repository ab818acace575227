import { checkSchedule, engineById, nextRuns } from "@cofre/core";
import { Fault } from "@cofre/core/model";
import { requesterOf } from "../../auth/actor.ts";
import { and, eq } from "../../db/orm.ts";
import { bucketSyncs } from "../../db/schema/bucket-syncs.ts";
import type { ResourceRow } from "../../reach/reach.ts";
import type { ActorContext } from "../../trpc/procedures.ts";
import { openSync, orderSync } from "../../work/sync-orders.ts";
import { busyWith } from "../busy.ts";
import { conflict } from "../conflict.ts";
import { viewJob } from "../jobs/get.ts";
import { findResource } from "../resources/get.ts";
import { scheduleOf, whenOf } from "../schedules/rule.ts";
import { destinationColumns, type SyncRow } from "./destination.ts";
import { noSyncYet, toSyncView } from "./to-view.ts";
import type { PutSync, SyncView } from "./view.ts";

interface OfSync {
  readonly resourceId: string;
}

export async function getSync(ctx: ActorContext, { resourceId }: OfSync): Promise<SyncView> {
  const resource = await findResource(ctx, resourceId);
  const row = await syncRow(ctx, resource.id);
  return row === undefined ? noSyncYet(resource.id) : await toSyncView(ctx.deps, row);
}

/**
 * Saves what is mirrored, where and when, and remembers the next run.
 *
 * @throws Fault `engine.unsupported` for a resource that holds no buckets
 */
export async function putSync(ctx: ActorContext, input: PutSync): Promise<SyncView> {
  const { deps } = ctx;
  const resource = await findMirrored(ctx, input.resourceId);
  const when = whenOf(input);
  checkSchedule(scheduleOf(when));
  const [next] = nextRuns(scheduleOf(when), deps.now(), 1);
  const there = await syncRow(ctx, resource.id);
  const values = {
    ...when,
    ...(await destinationColumns(ctx, { resource, there }, input.destination)),
    enabled: input.enabled,
    buckets: input.buckets === "all" ? null : [...new Set(input.buckets)],
    deletions: input.deletions,
    nextRunAt: input.enabled ? (next ?? null) : null,
    updatedAt: deps.now(),
  };
  const [row] = await deps.db
    .insert(bucketSyncs)
    .values({ ...values, organizationId: resource.organizationId, resourceId: resource.id })
    .onConflictDoUpdate({ target: bucketSyncs.resourceId, set: values })
    .returning();
  if (row === undefined) throw new Error("the sync was not written");
  return await toSyncView(deps, row);
}

/** Starts a run now, whether the schedule is on or not. @throws Fault `resource.busy` while one is queued or running */
export async function startSync(ctx: ActorContext, { resourceId }: OfSync) {
  const { deps, actor } = ctx;
  const resource = await findMirrored(ctx, resourceId);
  if ((await syncRow(ctx, resource.id)) === undefined) {
    throw conflict(`${resource.name} has no sync`, {}, "Save where its buckets go first.");
  }
  const job = await deps.db.transaction(async (tx) => {
    const open = await openSync(tx, resource.id);
    if (open !== undefined) throw busyWith(open);
    return await orderSync(tx, deps, { resource, requestedBy: requesterOf(actor) });
  });
  return { job: await viewJob(ctx, job) };
}

async function findMirrored(ctx: ActorContext, resourceId: string): Promise<ResourceRow> {
  const resource = await findResource(ctx, resourceId);
  ctx.trail.target = { kind: "resource", id: resource.id, name: resource.name };
  if (resource.removedAt !== null)
    throw conflict(`${resource.name} was removed, and only its backups are kept`);
  const engine = engineById(resource.engine);
  if (engine.browse !== undefined) return resource;
  throw new Fault("engine.unsupported", `${resource.name} is ${engine.label}, which has no buckets`, {
    hint: "Choose a resource that holds buckets.",
  });
}

/** Of a resource that was found in the caller's scope. */
async function syncRow({ deps, actor }: ActorContext, resourceId: string): Promise<SyncRow | undefined> {
  const [row] = await deps.db
    .select()
    .from(bucketSyncs)
    .where(and(eq(bucketSyncs.organizationId, actor.organizationId), eq(bucketSyncs.resourceId, resourceId)));
  return row;
}
