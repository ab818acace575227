import { engineIdOf } from "@cofre/core";
import type { Actor } from "../../auth/actor.ts";
import type { Database } from "../../db/database.ts";
import { and, asc, eq, gt, inArray, isNotNull, isNull } from "../../db/orm.ts";
import { resources } from "../../db/schema/resources.ts";
import { schedules } from "../../db/schema/schedules.ts";
import { servers } from "../../db/schema/servers.ts";
import type { ResourceRow } from "../../reach/reach.ts";
import { DEFAULT_LIMIT } from "../page.ts";
import { visible } from "../scope.ts";
import type { ListResources } from "./view.ts";

export type ScheduleRow = typeof schedules.$inferSelect;

export function selectResources(db: Database, actor: Actor, input: ListResources): Promise<ResourceRow[]> {
  return db
    .select()
    .from(resources)
    .where(
      and(
        visible.resources(actor),
        eq(resources.projectId, input.projectId),
        input.removed === true ? isNotNull(resources.removedAt) : isNull(resources.removedAt),
        input.type === undefined ? undefined : eq(resources.engine, engineIdOf(input.type)),
        input.status === undefined ? undefined : eq(resources.status, input.status),
        input.cursor === undefined ? undefined : gt(resources.id, input.cursor),
      ),
    )
    .orderBy(asc(resources.id))
    .limit((input.limit ?? DEFAULT_LIMIT) + 1);
}

/** Removed ones too: their backups are still there to be restored. */
export async function selectResource(
  db: Database,
  actor: Actor,
  id: string,
): Promise<ResourceRow | undefined> {
  const [row] = await db
    .select()
    .from(resources)
    .where(and(visible.resources(actor), eq(resources.id, id)));
  return row;
}

export async function selectResourceByExternalId(
  db: Database,
  actor: Actor,
  externalId: string,
): Promise<ResourceRow | undefined> {
  const [row] = await db
    .select()
    .from(resources)
    .where(and(visible.resources(actor), eq(resources.externalId, externalId), isNull(resources.removedAt)));
  return row;
}

/** The row that stands for a container of an engine, a removed one too. */
export async function selectByIdentity(
  db: Database,
  actor: Actor,
  { serverId, identity, engine }: Pick<ResourceRow, "serverId" | "identity" | "engine">,
): Promise<ResourceRow | undefined> {
  if (identity === null) return undefined;
  const [row] = await db
    .select()
    .from(resources)
    .where(
      and(
        visible.resources(actor),
        eq(resources.serverId, serverId),
        eq(resources.identity, identity),
        eq(resources.engine, engine),
      ),
    );
  return row;
}

/** Servers that carry something in a project, and those that its selector names. */
export async function selectServerIds(db: Database, actor: Actor): Promise<string[]> {
  const rows = await db.select({ id: servers.id }).from(servers).where(visible.servers(actor));
  return rows.map((row) => row.id);
}

export async function selectServerNames(db: Database, ids: readonly string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .select({ id: servers.id, name: servers.name })
    .from(servers)
    .where(inArray(servers.id, [...new Set(ids)]));
  return new Map(rows.map(({ id, name }) => [id, name]));
}

export async function selectSchedules(
  db: Database,
  resourceIds: readonly string[],
): Promise<Map<string, ScheduleRow>> {
  if (resourceIds.length === 0) return new Map();
  const rows = await db
    .select()
    .from(schedules)
    .where(inArray(schedules.resourceId, [...resourceIds]));
  return new Map(rows.map((row) => [row.resourceId, row]));
}
