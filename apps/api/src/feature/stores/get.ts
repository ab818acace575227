import type { Actor } from "../../auth/actor.ts";
import type { Database } from "../../db/database.ts";
import { and, asc, count, eq, gt, inArray, sql } from "../../db/orm.ts";
import { backupCopies } from "../../db/schema/backup-copies.ts";
import { backups } from "../../db/schema/backups.ts";
import { type S3Settings, stores } from "../../db/schema/stores.ts";
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
  readonly copyCount: number;
}

const NOTHING: Held = { backupCount: 0, storedBytes: 0, copyCount: 0 };

/** What rests in each store, as far as the actor may know. */
export async function heldIn(
  db: Database,
  actor: Actor,
  rows: readonly StoreRow[],
): Promise<Map<string, Held>> {
  const ids = rows.map((row) => row.id);
  if (ids.length === 0) return new Map();
  const held = new Map<string, Held>();
  const figures = {
    backupCount: count(),
    storedBytes: sql<number>`coalesce(sum(${backups.sizeBytes}), 0)`.mapWith(Number),
  };
  const first = await db
    .select({ storeId: backups.storeId, ...figures })
    .from(backups)
    .where(and(visible.backups(actor), eq(backups.status, "completed"), inArray(backups.storeId, ids)))
    .groupBy(backups.storeId);
  for (const { storeId, ...found } of first) held.set(storeId, { ...NOTHING, ...found });
  const further = await db
    .select({ storeId: backupCopies.storeId, ...figures })
    .from(backupCopies)
    .innerJoin(backups, eq(backups.id, backupCopies.backupId))
    .where(
      and(visible.backups(actor), eq(backupCopies.status, "completed"), inArray(backupCopies.storeId, ids)),
    )
    .groupBy(backupCopies.storeId);
  for (const { storeId, backupCount, storedBytes } of further) {
    const { backupCount: own, storedBytes: ownBytes } = held.get(storeId) ?? NOTHING;
    held.set(storeId, { backupCount: own, storedBytes: ownBytes + storedBytes, copyCount: backupCount });
  }
  return held;
}

function toStoreView(row: StoreRow, held: Held = NOTHING): StoreView {
  return {
    id: row.id,
    name: row.name,
    kind: row.kind,
    serverId: row.serverId,
    root: row.root,
    s3: row.settings === null ? null : toS3View(row.settings),
    isDefault: row.isDefault,
    ...held,
    freeBytes: row.freeBytes,
    totalBytes: row.totalBytes,
    checkedAt: row.checkedAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}

function toS3View(settings: S3Settings): NonNullable<StoreView["s3"]> {
  const { endpoint, region, bucket, prefix, accessKey, pathStyle, storageClass, lock, ca } = settings;
  return {
    endpoint,
    region,
    bucket,
    prefix,
    accessKey,
    secretKey: { set: true },
    pathStyle,
    storageClass: storageClass ?? null,
    lock: lock ?? null,
    ca: ca ?? null,
  };
}
