import { requesterOf } from "../../auth/actor.ts";
import { and, asc, eq, gt } from "../../db/orm.ts";
import { backupCopies } from "../../db/schema/backup-copies.ts";
import { stores } from "../../db/schema/stores.ts";
import type { ActorContext } from "../../trpc/procedures.ts";
import { removeCopy } from "../../work/copy.ts";
import { orderCopy } from "../../work/copy-orders.ts";
import type { CopyRow } from "../../work/copy-places.ts";
import { absent } from "../absent.ts";
import { findBackup } from "../backups/get.ts";
import { restorable } from "../backups/restore.ts";
import { lockReadable } from "../backups/rows.ts";
import type { OfBackup } from "../backups/view.ts";
import { conflict } from "../conflict.ts";
import { toFaultView } from "../fault-view.ts";
import { viewJob } from "../jobs/get.ts";
import { cutPage, type Page } from "../page.ts";
import { violatedUnique } from "../unique.ts";
import { findStore } from "./get.ts";
import type { CopyView, ListCopies } from "./view.ts";

/** One for each store at most: a caller that names no limit has them all. */
const MOST_COPIES = 200;

/** The copies of one backup, the oldest first. */
export async function listCopies(ctx: ActorContext, input: ListCopies): Promise<Page<CopyView>> {
  const { limit = MOST_COPIES, cursor } = input;
  const { id } = await findBackup(ctx, input);
  const rows = await ctx.deps.db
    .select({ copy: backupCopies, storeName: stores.name })
    .from(backupCopies)
    .innerJoin(stores, eq(stores.id, backupCopies.storeId))
    .where(
      and(
        eq(backupCopies.organizationId, ctx.actor.organizationId),
        eq(backupCopies.backupId, id),
        cursor === undefined ? undefined : gt(backupCopies.id, cursor),
      ),
    )
    .orderBy(asc(backupCopies.id))
    .limit(limit + 1);
  return cutPage(
    rows.map(({ copy, storeName }) => toCopyView(copy, storeName)),
    limit,
  );
}

/**
 * Starts a copy of the archive into one more store.
 *
 * @throws Fault `not.found`; `state.conflict` when it rests there already, or its backup is not completed
 */
export async function createCopy(ctx: ActorContext, input: OfBackup & { readonly storeId: string }) {
  const { deps, actor } = ctx;
  const row = await restorable(ctx, input);
  ctx.trail.target = { kind: "backup", id: row.id, name: row.filename };
  const store = await findStore(ctx, input.storeId);
  if (store.id === row.storeId) throw conflict(`this backup rests in ${store.name} itself`);
  const { copy, job } = await deps.db
    .transaction(async (tx) => {
      await lockReadable(tx, actor, input);
      return await orderCopy(tx, deps, { row, storeId: store.id, requestedBy: requesterOf(actor) });
    })
    .catch((error: unknown) => {
      if (violatedUnique(error) !== "backup_copies_one_per_store_key") throw error;
      throw conflict(`this backup has a copy in ${store.name} already, or is being copied there`);
    });
  return { copy: toCopyView(copy, store.name), job: await viewJob(ctx, job) };
}

/**
 * Removes one copy; the backup itself stays.
 *
 * @throws Fault `not.found`; `state.conflict` while it is being made; `server.*`, `store.*`
 */
export async function deleteCopy(
  ctx: ActorContext,
  input: OfBackup & { readonly copyId: string },
): Promise<void> {
  const { deps, actor } = ctx;
  const row = await findBackup(ctx, input);
  const [copy] = await deps.db
    .select()
    .from(backupCopies)
    .where(
      and(
        eq(backupCopies.organizationId, actor.organizationId),
        eq(backupCopies.backupId, row.id),
        eq(backupCopies.id, input.copyId),
      ),
    );
  if (copy === undefined) throw absent("copy");
  ctx.trail.target = { kind: "backup", id: row.id, name: row.filename };
  if (copy.status === "pending" || copy.status === "running") {
    throw conflict(`this copy is ${copy.status}`, { status: copy.status }, "Cancel its job first.");
  }
  await removeCopy(deps, copy);
}

function toCopyView(copy: CopyRow, storeName: string): CopyView {
  const { id, backupId, storeId, status, error, storeKey, verifiedAt, jobId, createdAt } = copy;
  return {
    id,
    backupId,
    storeId,
    storeName,
    status,
    error: toFaultView(error),
    filepath: storeKey,
    verifiedAt: verifiedAt?.toISOString() ?? null,
    jobId,
    createdAt: createdAt.toISOString(),
  };
}
