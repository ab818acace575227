import { posix } from "node:path";
import { directoryStore } from "@cofre/core";
import { Fault } from "@cofre/core/model";
import { requireInstanceOwner } from "../../auth/actor.ts";
import { newId } from "../../db/columns.ts";
import type { Database } from "../../db/database.ts";
import { and, eq } from "../../db/orm.ts";
import { backups } from "../../db/schema/backups.ts";
import { stores } from "../../db/schema/stores.ts";
import { openS3 } from "../../reach/stores.ts";
import type { ActorContext } from "../../trpc/procedures.ts";
import { absent } from "../absent.ts";
import { conflict } from "../conflict.ts";
import { definedOf } from "../defined.ts";
import { visible } from "../scope.ts";
import { findServer } from "../servers/get.ts";
import { violatedUnique } from "../unique.ts";
import { findStore, heldIn, type StoreRow, viewStore } from "./get.ts";
import { changedS3, newS3 } from "./s3-columns.ts";
import { requireUsable } from "./trial.ts";
import type { AddStore, ChangeStore, StoreView } from "./view.ts";

/**
 * Adds a folder of a server, or a bucket, as a store, after it was tried.
 *
 * @throws Fault `store.unavailable` with what the trial found; `server.*`
 */
export async function addStore(ctx: ActorContext, input: AddStore): Promise<StoreView> {
  const id = newId();
  ctx.trail.target = { kind: "store", id, name: input.name };
  const columns = input.kind === "s3" ? await s3Columns(ctx, id, input) : await folderColumns(ctx, input);
  const { name, kind, isDefault } = input;
  const values = { id, organizationId: ctx.actor.organizationId, name, kind, isDefault, ...columns };
  const row = await ctx.deps.db
    .transaction(async (tx) => {
      if (isDefault && values.serverId !== null) await clearDefault(tx, values.serverId);
      const [written] = await tx.insert(stores).values(values).returning();
      return written;
    })
    .catch(refuseSameFolder);
  if (row === undefined) throw absent("store");
  return await viewStore(ctx, row);
}

async function folderColumns(ctx: ActorContext, input: AddStore) {
  const { deps, actor } = ctx;
  if (input.serverId === undefined || input.root === undefined) {
    throw new Fault("input.invalid", "a directory needs a server and a folder there");
  }
  const server = await findServer(ctx, input.serverId);
  if (server.kind === "local") requireInstanceOwner(actor, "the machine that Cofre runs on");
  const root = posix.normalize(input.root).replace(/\/$/, "");
  const open = async () => directoryStore({ server: await deps.reach.server(server.id), root });
  if (input.test) await requireUsable({ ctx, name: server.name, open });
  return { serverId: server.id, root };
}

async function s3Columns(ctx: ActorContext, id: string, { s3, isDefault, test }: AddStore) {
  if (s3 === undefined) throw new Fault("input.invalid", "an S3 needs its settings");
  if (isDefault) {
    throw new Fault("input.invalid", "only a folder can be the default of its server", {
      hint: "Choose this store for a project or a resource.",
    });
  }
  const columns = newS3(ctx, id, s3);
  if (test) await tryS3(ctx, { id, ...columns });
  return { serverId: null, ...columns };
}

type S3Row = Pick<StoreRow, "id" | "settings" | "sealedConfig">;

async function tryS3(ctx: ActorContext, row: S3Row): Promise<void> {
  using store = openS3(ctx.deps.sealer, row);
  await requireUsable({ ctx, name: store.name, open: async () => store });
}

function refuseSameFolder(error: unknown): never {
  if (violatedUnique(error) === "stores_server_id_root_key") throw conflict("this folder is a store already");
  throw error;
}

/** There is one default on each server. */
async function clearDefault(tx: Database, serverId: string): Promise<void> {
  await tx
    .update(stores)
    .set({ isDefault: false })
    .where(and(eq(stores.serverId, serverId), eq(stores.isDefault, true)));
}

export async function changeStore(ctx: ActorContext, input: ChangeStore): Promise<StoreView> {
  const { deps, actor } = ctx;
  const there = await findStore(ctx, input.id);
  ctx.trail.target = { kind: "store", id: there.id, name: there.name };
  const { name, isDefault } = input;
  if (isDefault === true && there.kind === "s3")
    throw conflict("only a folder can be the default of its server");
  const settings = input.s3 === undefined ? {} : changedS3(ctx, there, input.s3);
  if (input.s3 !== undefined && input.test) await tryS3(ctx, { ...there, ...settings });
  const row = await deps.db.transaction(async (tx) => {
    if (isDefault === true && there.serverId !== null) await clearDefault(tx, there.serverId);
    const [written] = await tx
      .update(stores)
      .set({ ...definedOf({ name, isDefault }), ...settings, updatedAt: deps.now() })
      .where(and(visible.stores(actor), eq(stores.id, there.id)))
      .returning();
    return written;
  });
  if (row === undefined) throw absent("store");
  return await viewStore(ctx, row);
}

/** Only an empty store can be forgotten; its folder or bucket is left as it is. */
export async function removeStore(ctx: ActorContext, { id }: { readonly id: string }): Promise<void> {
  const { deps, actor } = ctx;
  const row = await findStore(ctx, id);
  ctx.trail.target = { kind: "store", id: row.id, name: row.name };
  const held = (await heldIn(deps.db, actor, [row])).get(row.id);
  if (held !== undefined && held.backupCount + held.copyCount > 0) {
    const { backupCount, copyCount } = held;
    throw conflict(
      `${backupCount} backups and ${copyCount} copies rest in ${row.name}`,
      { ...held },
      "Delete them first.",
    );
  }
  await deps.db.transaction(async (tx) => {
    // Rows of the past, whose bytes are gone.
    await tx.delete(backups).where(eq(backups.storeId, row.id));
    await tx.delete(stores).where(and(visible.stores(actor), eq(stores.id, row.id)));
  });
}
