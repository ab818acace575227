import type { Actor } from "../../auth/actor.ts";
import type { Database } from "../../db/database.ts";
import { and, asc, count, eq, gt, inArray, isNull } from "../../db/orm.ts";
import { resources } from "../../db/schema/resources.ts";
import { servers } from "../../db/schema/servers.ts";
import type { ServerRow } from "../../reach/reach.ts";
import { DEFAULT_LIMIT, type PageRequest } from "../page.ts";
import { visible } from "../scope.ts";

export function selectServers(db: Database, actor: Actor, page: PageRequest): Promise<ServerRow[]> {
  const after = page.cursor === undefined ? undefined : gt(servers.id, page.cursor);
  return db
    .select()
    .from(servers)
    .where(and(visible.servers(actor), after))
    .orderBy(asc(servers.id))
    .limit((page.limit ?? DEFAULT_LIMIT) + 1);
}

export async function selectServer(db: Database, actor: Actor, id: string): Promise<ServerRow | undefined> {
  const [row] = await db
    .select()
    .from(servers)
    .where(and(visible.servers(actor), eq(servers.id, id)));
  return row;
}

export async function selectServerByExternalId(
  db: Database,
  actor: Actor,
  externalId: string,
): Promise<ServerRow | undefined> {
  const [row] = await db
    .select()
    .from(servers)
    .where(and(visible.servers(actor), eq(servers.externalId, externalId)));
  return row;
}

/** How many resources the actor sees on each server. */
export async function countResources(
  db: Database,
  actor: Actor,
  serverIds: readonly string[],
): Promise<Map<string, number>> {
  if (serverIds.length === 0) return new Map();
  const rows = await db
    .select({ serverId: resources.serverId, number: count() })
    .from(resources)
    .where(
      and(visible.resources(actor), inArray(resources.serverId, [...serverIds]), isNull(resources.removedAt)),
    )
    .groupBy(resources.serverId);
  return new Map(rows.map((row) => [row.serverId, row.number]));
}
