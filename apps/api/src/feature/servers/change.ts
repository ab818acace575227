import { requireInstanceOwner } from "../../auth/actor.ts";
import { and, eq } from "../../db/orm.ts";
import { servers } from "../../db/schema/servers.ts";
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
import { AddServer, type ChangeServer, type PutServer, type ServerView } from "./view.ts";

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
  if (there === undefined) return await addServer(ctx, AddServer.parse(input));
  if (input.kind !== undefined && input.kind !== there.kind) {
    throw conflict(`the server with this externalId is of the kind ${there.kind}, not ${input.kind}`, {
      serverId: there.id,
      kind: there.kind,
    });
  }
  return await changeServer(ctx, { ...input, id: there.id });
}
