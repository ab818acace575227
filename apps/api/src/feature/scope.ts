import type { Actor } from "../auth/actor.ts";
import type { Database } from "../db/database.ts";
import { and, eq, inArray, isNull, ne, type SQL, sql } from "../db/orm.ts";
import { backups } from "../db/schema/backups.ts";
import { jobs } from "../db/schema/jobs.ts";
import { projects } from "../db/schema/projects.ts";
import { resources } from "../db/schema/resources.ts";
import { servers } from "../db/schema/servers.ts";
import { stores } from "../db/schema/stores.ts";

/**
 * Tenancy, as the condition that every query carries: rows of the actor's organization, and for a key bound to a project only
 * what belongs to that project. Whatever it leaves out does not exist for the actor.
 */
export const visible = {
  projects: (actor: Actor) =>
    all(
      eq(projects.organizationId, actor.organizationId),
      bound(actor, (id) => eq(projects.id, id)),
    ),
  resources: (actor: Actor) =>
    all(
      eq(resources.organizationId, actor.organizationId),
      bound(actor, (id) => eq(resources.projectId, id)),
    ),
  backups: (actor: Actor) =>
    all(
      eq(backups.organizationId, actor.organizationId),
      isNull(backups.removedAt),
      bound(actor, (id) => eq(backups.projectId, id)),
    ),
  jobs: (actor: Actor) =>
    all(
      eq(jobs.organizationId, actor.organizationId),
      bound(actor, (id) => eq(jobs.projectId, id)),
    ),
  /** A key bound to a project sees the servers that carry its resources. */
  servers: (actor: Actor) =>
    all(
      eq(servers.organizationId, actor.organizationId),
      ne(servers.status, "removed"),
      bound(
        actor,
        (id) =>
          sql`exists (select 1 from ${resources} where ${resources.serverId} = ${servers.id} and ${resources.projectId} = ${id})`,
      ),
    ),
  stores: (actor: Actor) =>
    all(
      eq(stores.organizationId, actor.organizationId),
      bound(
        actor,
        (id) =>
          sql`exists (select 1 from ${resources} where ${resources.serverId} = ${stores.serverId} and ${resources.projectId} = ${id})`,
      ),
    ),
} as const;

function bound(actor: Actor, condition: (projectId: string) => SQL): SQL | undefined {
  return actor.projectId === null ? undefined : condition(actor.projectId);
}

function all(first: SQL, ...others: readonly (SQL | undefined)[]): SQL {
  return and(first, ...others) ?? first;
}

/** Names of resources by id, for views that show them. */
export async function resourceNames(
  db: Database,
  ids: readonly (string | null)[],
): Promise<Map<string, string>> {
  const wanted = [...new Set(ids.filter((id) => id !== null))];
  if (wanted.length === 0) return new Map();
  const rows = await db
    .select({ id: resources.id, name: resources.name })
    .from(resources)
    .where(inArray(resources.id, wanted));
  return new Map(rows.map(({ id, name }) => [id, name]));
}
