import { isFault } from "@cofre/core/model";
import { and, desc, eq, gt, inArray, isNull, notExists, sql } from "drizzle-orm";
import type { Database } from "../db/database.ts";
import { backupCopies } from "../db/schema/backup-copies.ts";
import { backups } from "../db/schema/backups.ts";
import type { Requester } from "../db/schema/jobs.ts";
import { resources } from "../db/schema/resources.ts";
import { stores } from "../db/schema/stores.ts";
import type { Deps } from "../deps.ts";
import { choiceFor } from "../feature/stores/choices.ts";
import type { CopyRow } from "./copy-places.ts";
import type { JobRow } from "./queue-contract.ts";
import type { BackupRow } from "./rows.ts";

type Ordering = Pick<Deps, "db" | "now" | "queue">;

/** How far back backups without their copies are looked for: older ones were copied, or are past helping. */
const LOOKED_BACK_MS = 7 * 86_400_000;
/** A copy that failed is tried again after this long. */
const AGAIN_MS = 6 * 3_600_000;
const ORDERS_A_TURN = 50;

interface CopyOrder {
  readonly row: BackupRow;
  readonly storeId: string;
  readonly requestedBy: Requester;
}

/** Writes a copy's row and its job, both in the caller's transaction. */
export async function orderCopy(
  tx: Database,
  { queue }: Pick<Deps, "queue">,
  { row, storeId, requestedBy }: CopyOrder,
): Promise<{ readonly copy: CopyRow; readonly job: JobRow }> {
  const [made] = await tx
    .insert(backupCopies)
    .values({ organizationId: row.organizationId, backupId: row.id, storeId })
    .returning();
  if (made === undefined) throw new Error("the copy's row was not written");
  const job = await queue.enqueue(tx, {
    organizationId: row.organizationId,
    projectId: row.projectId,
    // Its bytes come from a store and go to a store: the resource's server has nothing to do with it.
    serverId: null,
    resourceId: row.resourceId,
    kind: "copy",
    backupIds: [row.id],
    request: { kind: "copy", copyId: made.id },
    requestedBy,
  });
  const [copy] = await tx
    .update(backupCopies)
    .set({ jobId: job.id })
    .where(eq(backupCopies.id, made.id))
    .returning();
  return { copy: copy ?? made, job };
}

/**
 * Orders the copies that resources and projects want of their backups and that are not there: of new ones, and of those that were
 * taken while the other store was away.
 */
export async function orderCopies(deps: Ordering & Pick<Deps, "log">): Promise<void> {
  const since = new Date(deps.now().getTime() - LOOKED_BACK_MS);
  const recent = await deps.db
    .select({ row: backups, resource: resources })
    .from(backups)
    .innerJoin(resources, eq(resources.id, backups.resourceId))
    .where(
      and(
        eq(backups.status, "completed"),
        isNull(backups.removedReason),
        inArray(backups.origin, ["manual", "schedule"]),
        gt(backups.completedAt, since),
        wantsCopies(),
      ),
    )
    .orderBy(desc(backups.id))
    .limit(500);
  let orders = 0;
  for (const { row, resource } of recent) {
    const { copyStoreIds } = await choiceFor(deps.db, resource);
    for (const storeId of await missing(deps, row, copyStoreIds ?? [])) {
      if (orders === ORDERS_A_TURN) return;
      orders += 1;
      await orderOnce(deps, { row, storeId, requestedBy: { kind: "system", id: null, name: "copies" } });
    }
  }
}

/** Only what somebody chose copies for is looked at at all. */
function wantsCopies() {
  return sql`exists (select 1 from store_choices c where (c.resource_id = ${backups.resourceId} or c.project_id = ${backups.projectId}) and jsonb_array_length(coalesce(c.copy_store_ids, '[]'::jsonb)) > 0)`;
}

async function missing(
  { db, now }: Ordering,
  row: BackupRow,
  wanted: readonly string[],
): Promise<readonly string[]> {
  const others = wanted.filter((id) => id !== row.storeId);
  if (others.length === 0) return [];
  const again = new Date(now().getTime() - AGAIN_MS);
  const tried = db
    .select({ one: sql`1` })
    .from(backupCopies)
    .where(
      and(
        eq(backupCopies.backupId, row.id),
        eq(backupCopies.storeId, stores.id),
        sql`(${backupCopies.status} in ('pending', 'running', 'completed') or ${gt(backupCopies.createdAt, again)})`,
      ),
    );
  const found = await db
    .select({ id: stores.id })
    .from(stores)
    .where(and(inArray(stores.id, others), eq(stores.organizationId, row.organizationId), notExists(tried)));
  return found.map(({ id }) => id);
}

async function orderOnce(deps: Ordering & Pick<Deps, "log">, order: CopyOrder): Promise<void> {
  try {
    await deps.db.transaction((tx) => orderCopy(tx, deps, order));
  } catch (error) {
    const code = isFault(error) ? error.code : "bug";
    // Another process of the same database may have ordered it at this very moment.
    deps.log.info(
      { backupId: order.row.id, storeId: order.storeId, code, err: error },
      "a copy was not ordered",
    );
  }
}
