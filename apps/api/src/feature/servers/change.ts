import { and, count, eq, inArray, isNull } from "drizzle-orm";
import { requireInstanceOwner } from "../../auth/actor.ts";
import type { Database } from "../../db/database.ts";
import { backups } from "../../db/schema/backups.ts";
import { resources } from "../../db/schema/resources.ts";
import { servers } from "../../db/schema/servers.ts";
import { stores } from "../../db/schema/stores.ts";
import type { ServerRow } from "../../reach/reach.ts";
import { sealAuth } from "../../reach/server-auth.ts";
import type { ActorContext } from "../../trpc/procedures.ts";
import { conflict } from "../conflict.ts";
import { definedOf } from "../defined.ts";
import { visible } from "../scope.ts";
import { withUniqueExternalId } from "../unique.ts";
import { addServer, gone, requireOwner, tryServer } from "./add.ts";
import { findServer, viewServer } from "./get.ts";
import { selectServerByExternalId } from "./rows.ts";
import type { ChangeServer, PutServer, ServerView } from "./view.ts";

/** Changes a server, after a connection with the new values was tried. The next job uses them; what runs now is not cut. */
export async function changeServer(ctx: ActorContext, input: ChangeServer): Promise<ServerView> {
  const { deps, actor } = ctx;
  const there = await findServer(ctx, input.id);
  ctx.trail.target = { kind: "server", id: there.id, name: there.name };
  if (there.kind === "local") requireInstanceOwner(actor, "the machine that Cofre runs on");
  if (input.allowedRoots !== undefined) requireOwner(actor);
  const draft = draftOf(ctx, there, input);
  const tried = input.test ? await tryServer(ctx, draft, undefined) : undefined;
  const [row] = await withUniqueExternalId("server", async () =>
    deps.db
      .update(servers)
      .set({ ...draft, ...tried?.columns, updatedAt: deps.now() })
      .where(and(visible.servers(actor), eq(servers.id, there.id)))
      .returning(),
  );
  return await viewServer(ctx, gone(row));
}

function draftOf({ deps }: ActorContext, there: ServerRow, input: ChangeServer): ServerRow {
  const { name, externalId, allowedRoots } = input;
  const common = { ...there, ...definedOf({ name, externalId, allowedRoots }) };
  if (there.kind === "local") return common;
  const { host, port, user, hostKey, auth } = input;
  return {
    ...common,
    ...definedOf({ host, port, user }),
    ...(hostKey === undefined
      ? {}
      : { hostKeyAlgorithm: hostKey.algorithm, hostKeyFingerprint: hostKey.fingerprint }),
    ...(auth === undefined ? {} : sealAuth(deps.sealer, there.id, auth)),
  };
}

/** Adds it, or changes the one with this external id. */
export async function putServer(ctx: ActorContext, input: PutServer): Promise<ServerView> {
  const there = await selectServerByExternalId(ctx.deps.db, ctx.actor, input.externalId);
  if (there === undefined) return await addServer(ctx, input);
  return await changeServer(ctx, { ...input, id: there.id });
}

/** Only a server that nothing rests on can go. */
export async function removeServer(ctx: ActorContext, { id }: { readonly id: string }): Promise<void> {
  const { deps, actor } = ctx;
  const row = await findServer(ctx, id);
  ctx.trail.target = { kind: "server", id: row.id, name: row.name };
  if (row.kind === "local") requireInstanceOwner(actor, "the machine that Cofre runs on");
  const contents = await contentsOf(deps.db, row.id);
  if (contents.resources > 0 || contents.backups > 0) {
    throw conflict(
      `server ${row.name} still carries ${contents.resources} resources and ${contents.backups} backups`,
      contents,
      "Remove its resources, and delete the backups that rest on it or were taken from it.",
    );
  }
  await deps.db.transaction(async (tx) => {
    const theirs = tx.select({ id: resources.id }).from(resources).where(eq(resources.serverId, row.id));
    const here = tx.select({ id: stores.id }).from(stores).where(eq(stores.serverId, row.id));
    await tx.delete(backups).where(inArray(backups.resourceId, theirs));
    await tx.delete(backups).where(inArray(backups.storeId, here));
    await tx.delete(resources).where(eq(resources.serverId, row.id));
    await tx.delete(stores).where(eq(stores.serverId, row.id));
    await tx.delete(servers).where(and(visible.servers(actor), eq(servers.id, row.id)));
  });
  await deps.reach.forget(row.id);
}

async function contentsOf(db: Database, serverId: string): Promise<{ resources: number; backups: number }> {
  const [held] = await db
    .select({ number: count() })
    .from(resources)
    .where(and(eq(resources.serverId, serverId), isNull(resources.removedAt)));
  const [kept] = await db
    .select({ number: count() })
    .from(backups)
    .innerJoin(stores, eq(stores.id, backups.storeId))
    .where(and(eq(stores.serverId, serverId), isNull(backups.removedAt), eq(backups.status, "completed")));
  return { resources: held?.number ?? 0, backups: kept?.number ?? 0 };
}
