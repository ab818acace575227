import { posix } from "node:path";
import { checkStore, directoryStore, type Store } from "@cofre/core";
import { Fault, isFault } from "@cofre/core/model";
import { and, eq } from "drizzle-orm";
import { requireInstanceOwner } from "../../auth/actor.ts";
import { newId } from "../../db/columns.ts";
import type { Database } from "../../db/database.ts";
import { backups } from "../../db/schema/backups.ts";
import { stores } from "../../db/schema/stores.ts";
import { answered, question } from "../../reach/questions.ts";
import type { ActorContext } from "../../trpc/procedures.ts";
import { absent } from "../absent.ts";
import { conflict } from "../conflict.ts";
import { definedOf } from "../defined.ts";
import { visible } from "../scope.ts";
import { findServer } from "../servers/get.ts";
import { violatedUnique } from "../unique.ts";
import { findStore, heldIn, type StoreRow, viewStore } from "./get.ts";
import type { AddStore, ChangeStore, StoreTestView, StoreView } from "./view.ts";

/** The trial writes, reads and lists dozens of times, each over the network. */
const TRIAL_MS = 120_000;

/**
 * Adds a folder of a server as a store, after it was tried.
 *
 * @throws Fault `store.unavailable` with what the trial found; `server.*`
 */
export async function addStore(ctx: ActorContext, input: AddStore): Promise<StoreView> {
  const { deps, actor, caller } = ctx;
  const server = await findServer(ctx, input.serverId);
  if (server.kind === "local") requireInstanceOwner(actor, "the machine that Cofre runs on");
  const root = posix.normalize(input.root).replace(/\/$/, "");
  const id = newId();
  ctx.trail.target = { kind: "store", id, name: input.name };
  if (input.test) {
    const { signal } = question(caller.signal, TRIAL_MS);
    const machine = await answered(server.name, signal, deps.reach.server(server.id));
    const trial = await answered(server.name, signal, tryStore(directoryStore({ server: machine, root })));
    if (!trial.ok) throw notUsable(root, trial);
  }
  const row = await deps.db
    .transaction(async (tx) => {
      if (input.isDefault) await clearDefault(tx, server.id);
      const { name, kind, isDefault } = input;
      const values = {
        id,
        organizationId: actor.organizationId,
        name,
        kind,
        isDefault,
        serverId: server.id,
        root,
      };
      const [written] = await tx.insert(stores).values(values).returning();
      return written;
    })
    .catch(refuseSameFolder);
  if (row === undefined) throw absent("store");
  return await viewStore(ctx, row);
}

function refuseSameFolder(error: unknown): never {
  if (violatedUnique(error) === "stores_server_id_root_key") throw conflict("this folder is a store already");
  throw error;
}

function notUsable(root: string, { checks }: StoreTestView): Fault {
  const failed = checks.find((check) => !check.ok);
  return new Fault(
    "store.unavailable",
    `archives cannot rest in ${root}: ${failed?.detail ?? "the trial failed"}`,
    {
      hint: "Choose a folder that the server's user can write to.",
      context: { check: failed?.check ?? "" },
    },
  );
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
  const row = await deps.db.transaction(async (tx) => {
    if (isDefault === true && there.serverId !== null) await clearDefault(tx, there.serverId);
    const [written] = await tx
      .update(stores)
      .set({ ...definedOf({ name, isDefault }), updatedAt: deps.now() })
      .where(and(visible.stores(actor), eq(stores.id, there.id)))
      .returning();
    return written;
  });
  if (row === undefined) throw absent("store");
  return await viewStore(ctx, row);
}

/** Only an empty store can be forgotten; its folder is left as it is. */
export async function removeStore(ctx: ActorContext, { id }: { readonly id: string }): Promise<void> {
  const { deps, actor } = ctx;
  const row = await findStore(ctx, id);
  ctx.trail.target = { kind: "store", id: row.id, name: row.name };
  const held = (await heldIn(deps.db, actor, [row])).get(row.id);
  if (held !== undefined && held.backupCount > 0) {
    throw conflict(`${held.backupCount} backups rest in ${row.name}`, { ...held }, "Delete them first.");
  }
  await deps.db.transaction(async (tx) => {
    // Rows of the past, whose bytes are gone.
    await tx.delete(backups).where(eq(backups.storeId, row.id));
    await tx.delete(stores).where(and(visible.stores(actor), eq(stores.id, row.id)));
  });
}

/** Does on the real store what every backup relies on; a failure is an answer, not an error. */
export async function testStore(ctx: ActorContext, { id }: { readonly id: string }): Promise<StoreTestView> {
  const { deps, caller } = ctx;
  const row = await findStore(ctx, id);
  ctx.trail.target = { kind: "store", id: row.id, name: row.name };
  const { signal } = question(caller.signal, TRIAL_MS);
  try {
    const store = await answered(row.name, signal, deps.reach.store(row.id));
    const trial = await tryStore(store);
    await remember(deps.db, row, { ...trial, at: deps.now() });
    return trial;
  } catch (error) {
    if (!isFault(error)) throw error;
    const check = { check: "reached", ok: false, detail: error.message, tookMs: 0 };
    return { ok: false, checks: [check], freeBytes: null, totalBytes: null };
  }
}

async function tryStore(store: Store): Promise<StoreTestView> {
  const checks: StoreTestView["checks"] = [];
  for await (const { check, ok, detail, tookMs } of checkStore(store)) {
    checks.push({ check, ok, tookMs, detail: detail ?? null });
  }
  const space = await store.space().catch(() => undefined);
  return {
    ok: checks.every((check) => check.ok),
    checks,
    freeBytes: space?.freeBytes ?? null,
    totalBytes: space?.totalBytes ?? null,
  };
}

async function remember(
  db: Database,
  row: StoreRow,
  { at, freeBytes, totalBytes }: StoreTestView & { readonly at: Date },
): Promise<void> {
  await db.update(stores).set({ freeBytes, totalBytes, checkedAt: at }).where(eq(stores.id, row.id));
}
