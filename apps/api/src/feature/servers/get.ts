import type { ServerRow } from "../../reach/reach.ts";
import type { ActorContext } from "../../trpc/procedures.ts";
import { absent } from "../absent.ts";
import { toFaultView } from "../fault-view.ts";
import { cutPage, DEFAULT_LIMIT, type Page, type PageRequest } from "../page.ts";
import { countResources, selectServer, selectServers } from "./rows.ts";
import type { ServerView } from "./view.ts";

type Asked = Pick<ActorContext, "deps" | "actor">;

/** @throws Fault `not.found` */
export async function findServer({ deps, actor }: Asked, id: string): Promise<ServerRow> {
  const row = await selectServer(deps.db, actor, id);
  if (row === undefined) throw absent("server");
  return row;
}

export async function getServer(ctx: Asked, { id }: { readonly id: string }): Promise<ServerView> {
  return await viewServer(ctx, await findServer(ctx, id));
}

export async function listServers({ deps, actor }: Asked, input: PageRequest): Promise<Page<ServerView>> {
  const rows = await selectServers(deps.db, actor, input);
  const { items, nextCursor } = cutPage(rows, input.limit ?? DEFAULT_LIMIT);
  const counts = await countResources(
    deps.db,
    actor,
    items.map((row) => row.id),
  );
  return { items: items.map((row) => toServerView(row, counts.get(row.id) ?? 0)), nextCursor };
}

export async function viewServer({ deps, actor }: Asked, row: ServerRow): Promise<ServerView> {
  const counts = await countResources(deps.db, actor, [row.id]);
  return toServerView(row, counts.get(row.id) ?? 0);
}

function toServerView(row: ServerRow, resourceCount: number): ServerView {
  const has = (field: string) => ({ set: row.authFields.includes(field) });
  const { hostKeyAlgorithm: algorithm, hostKeyFingerprint: fingerprint } = row;
  return {
    id: row.id,
    name: row.name,
    kind: row.kind,
    externalId: row.externalId,
    host: row.host,
    port: row.port,
    user: row.user,
    auth: { password: has("password"), privateKey: has("privateKey"), passphrase: has("passphrase") },
    hostKey: algorithm === null || fingerprint === null ? null : { algorithm, fingerprint },
    // A removed one is seen by nobody.
    status: row.status === "removed" ? "offline" : row.status,
    error: toFaultView(row.statusFault),
    os: row.os,
    docker: row.dockerClient,
    allowedRoots: [...row.allowedRoots],
    diskFreeBytes: row.diskFreeBytes,
    diskTotalBytes: row.diskTotalBytes,
    resourceCount,
    lastSeenAt: row.lastSeenAt?.toISOString() ?? null,
    lastScannedAt: row.lastScannedAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}
