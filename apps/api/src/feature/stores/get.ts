import { and, asc, count, eq, gt, inArray, isNull, sql } from "drizzle-orm";
import type { Actor } from "../../auth/actor.ts";
import type { Database } from "../../db/database.ts";
import { backups } from "../../db/schema/backups.ts";
import { stores } from "../../db/schema/stores.ts";
import type { ActorContext } from "../../trpc/procedures.ts";
import { absent } from "../absent.ts";
import { cutPage, DEFAULT_LIMIT, type Page, type PageRequest } from "../page.ts";
import { visible } from "../scope.ts";
import type { StoreView } from "./view.ts";

export type StoreRow = typeof stores.$inferSelect;
type Asked = Pick<ActorContext, "deps" | "actor">;

/** @throws Fault `not.found` */
export async function findStore({ deps, actor }: Asked, id: string): Promise<StoreRow> {
  const [row] = await deps.db
    .select()
    .from(stores)
    .where(and(visible.stores(actor), eq(stores.id, id)));
  if (row === undefined) throw absent("store");
  return row;
}

export async function getStore(asked: Asked, { id }: { readonly id: string }): Promise<StoreView> {
  return await viewStore(asked, await findStore(asked, id));
}

export async function listStores(asked: Asked, input: PageRequest): Promise<Page<StoreView>> {
  const limit = input.limit ?? DEFAULT_LIMIT;
  const rows = await asked.deps.db
    .select()
    .from(stores)
    .where(
      and(visible.stores(asked.actor), input.cursor === undefined ? undefined : gt(stores.id, input.cursor)),
    )
    .orderBy(asc(stores.id))
    .limit(limit + 1);
  const { items, nextCursor } = cutPage(rows, limit);
  const held = await heldIn(asked.deps.db, asked.actor, items);
  return { items: items.map((row) => toStoreView(row, held.get(row.id))), nextCursor };
}

export async function viewStore({ deps, actor }: Asked, row: StoreRow): Promise<StoreView> {
  return toStoreView(row, (await heldIn(deps.db, actor, [row])).get(row.id));
}

interface Held {
  readonly backupCount: number;
  readonly storedBytes: number;
}

/** What rests in each store, as far as the actor may know. */
export async function heldIn(
  db: Database,
  actor: Actor,
  rows: readonly StoreRow[],
): Promise<Map<string, Held>> {
  if (rows.length === 0) return new Map();
  const held = await db
    .select({
      storeId: backups.storeId,
      backupCount: count(),
      storedBytes: sql<number>`coalesce(sum(${backups.sizeBytes}), 0)`.mapWith(Number),
    })
    .from(backups)
    .where(
      and(
        visible.backups(actor),
        eq(backups.status, "completed"),
        isNull(backups.removedAt),
        inArray(
          backups.storeId,
          rows.map((row) => row.id),
        ),
      ),
    )
    .groupBy(backups.storeId);
  return new Map(held.map(({ storeId, ...figures }) => [storeId, figures]));
}

function toStoreView(row: StoreRow, held: Held = { backupCount: 0, storedBytes: 0 }): StoreView {
  return {
    id: row.id,
    name: row.name,
    kind: row.kind,
    serverId: row.serverId,
    root: row.root,
    isDefault: row.isDefault,
    ...held,
    freeBytes: row.freeBytes,
    totalBytes: row.totalBytes,
    checkedAt: row.checkedAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}
