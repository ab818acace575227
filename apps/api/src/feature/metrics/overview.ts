import type { Actor } from "../../auth/actor.ts";
import type { Database } from "../../db/database.ts";
import { and, count, eq, inArray, isNull, sql } from "../../db/orm.ts";
import { backups } from "../../db/schema/backups.ts";
import { jobs } from "../../db/schema/jobs.ts";
import { projects } from "../../db/schema/projects.ts";
import { resources } from "../../db/schema/resources.ts";
import { servers } from "../../db/schema/servers.ts";
import type { ActorContext } from "../../trpc/procedures.ts";
import { visible } from "../scope.ts";
import type { OverviewView } from "./view.ts";

export async function overview({ deps, actor }: ActorContext): Promise<OverviewView> {
  const { db } = deps;
  const [held, figures, days] = await Promise.all([
    countThings(db, actor),
    countBackups(db, actor),
    selectDays(db, actor),
  ]);
  return { ...held, ...figures, days };
}

async function countThings(db: Database, actor: Actor) {
  const [[ofProjects], [ofResources], [ofServers], [ofJobs]] = await Promise.all([
    db.select({ number: count() }).from(projects).where(visible.projects(actor)),
    db
      .select({ number: count() })
      .from(resources)
      .where(and(visible.resources(actor), isNull(resources.removedAt))),
    db.select({ number: count() }).from(servers).where(visible.servers(actor)),
    db
      .select({ number: count() })
      .from(jobs)
      .where(and(visible.jobs(actor), inArray(jobs.status, ["queued", "running"]))),
  ]);
  return {
    projects: ofProjects?.number ?? 0,
    resources: ofResources?.number ?? 0,
    servers: ofServers?.number ?? 0,
    openJobs: ofJobs?.number ?? 0,
  };
}

async function countBackups(db: Database, actor: Actor) {
  const [row] = await db
    .select({
      backupCount: count(),
      storedBytes: sql<number>`coalesce(sum(${backups.sizeBytes}), 0)`.mapWith(Number),
    })
    .from(backups)
    .where(and(visible.backups(actor), eq(backups.status, "completed")));
  return row ?? { backupCount: 0, storedBytes: 0 };
}

/** Removed ones are counted too: they were taken. Days without any are not among the rows. */
async function selectDays(db: Database, actor: Actor) {
  const day = sql<string>`to_char(${backups.createdAt} at time zone 'UTC', 'YYYY-MM-DD')`;
  const bound = actor.projectId === null ? undefined : eq(backups.projectId, actor.projectId);
  const isCompleted = sql`${backups.status} = 'completed'`;
  return await db
    .select({
      day,
      completed: sql<number>`count(*) filter (where ${isCompleted})`.mapWith(Number),
      failed: sql<number>`count(*) filter (where ${backups.status} = 'failed')`.mapWith(Number),
      storedBytes: sql<number>`coalesce(sum(${backups.sizeBytes}) filter (where ${isCompleted}), 0)`.mapWith(
        Number,
      ),
    })
    .from(backups)
    .where(
      and(
        eq(backups.organizationId, actor.organizationId),
        bound,
        sql`${backups.createdAt} > now() - interval '30 days'`,
      ),
    )
    .groupBy(day)
    .orderBy(day);
}
