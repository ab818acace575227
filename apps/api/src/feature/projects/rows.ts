import type { Actor } from "../../auth/actor.ts";
import type { Database } from "../../db/database.ts";
import { and, asc, count, eq, gt, inArray, isNull, or, sql } from "../../db/orm.ts";
import { backups } from "../../db/schema/backups.ts";
import { projects } from "../../db/schema/projects.ts";
import { resources } from "../../db/schema/resources.ts";
import { DEFAULT_LIMIT, type PageRequest } from "../page.ts";
import { visible } from "../scope.ts";

export type ProjectRow = typeof projects.$inferSelect;

/** The figures that are shown of each project. */
export interface ProjectFigures {
  readonly resourceCount: number;
  readonly backupCount: number;
  readonly storedBytes: number;
  readonly lastBackupAt: Date | null;
  readonly successRate: number | null;
  readonly averageDurationMs: number | null;
}

export function selectProjects(db: Database, actor: Actor, page: PageRequest): Promise<ProjectRow[]> {
  const after = page.cursor === undefined ? undefined : gt(projects.id, page.cursor);
  return db
    .select()
    .from(projects)
    .where(and(visible.projects(actor), after))
    .orderBy(asc(projects.id))
    .limit((page.limit ?? DEFAULT_LIMIT) + 1);
}

export async function selectProject(db: Database, actor: Actor, id: string): Promise<ProjectRow | undefined> {
  const [row] = await db
    .select()
    .from(projects)
    .where(and(visible.projects(actor), eq(projects.id, id)));
  return row;
}

export async function selectProjectByExternalId(
  db: Database,
  actor: Actor,
  externalId: string,
): Promise<ProjectRow | undefined> {
  const [row] = await db
    .select()
    .from(projects)
    .where(and(visible.projects(actor), eq(projects.externalId, externalId)));
  return row;
}

const WINDOW = sql`now() - interval '30 days'`;
const isThere = sql`${backups.status} = 'completed' and ${backups.removedAt} is null`;
const isRecent = sql`${backups.createdAt} > ${WINDOW}`;
const durationMs = sql`extract(epoch from ${backups.completedAt} - ${backups.startedAt}) * 1000`;

/** Figures of every project that the actor sees. Rates are of the last 30 days, whatever became of the bytes; safety backups count like others. */
export async function selectFigures(db: Database, actor: Actor): Promise<Map<string, ProjectFigures>> {
  const held = await db
    .select({ projectId: resources.projectId, resourceCount: count() })
    .from(resources)
    .where(and(visible.resources(actor), isNull(resources.removedAt)))
    .groupBy(resources.projectId);
  const taken = await db
    .select({
      projectId: backups.projectId,
      backupCount: sql<number>`count(*) filter (where ${isThere})`.mapWith(Number),
      storedBytes: sql<number>`coalesce(sum(${backups.sizeBytes}) filter (where ${isThere}), 0)`.mapWith(
        Number,
      ),
      lastBackupAt: sql<Date | null>`max(${backups.completedAt}) filter (where ${isThere})`.mapWith(dateOf),
      completed: sql<number>`count(*) filter (where ${isRecent} and ${backups.status} = 'completed')`.mapWith(
        Number,
      ),
      failed: sql<number>`count(*) filter (where ${isRecent} and ${backups.status} = 'failed')`.mapWith(
        Number,
      ),
      averageDurationMs: sql<
        number | null
      >`avg(${durationMs}) filter (where ${isRecent} and ${backups.status} = 'completed')`.mapWith(numberOf),
    })
    .from(backups)
    .where(inOrganization(actor))
    .groupBy(backups.projectId);
  const counts = new Map(held.map((row) => [row.projectId, row.resourceCount]));
  const figures = new Map<string, ProjectFigures>();
  for (const { projectId, completed, failed, ...row } of taken) {
    const successRate = completed + failed === 0 ? null : completed / (completed + failed);
    figures.set(projectId, { ...row, successRate, resourceCount: counts.get(projectId) ?? 0 });
  }
  for (const [projectId, resourceCount] of counts) {
    if (!figures.has(projectId)) figures.set(projectId, { ...NO_FIGURES, resourceCount });
  }
  return figures;
}

export const NO_FIGURES: ProjectFigures = {
  resourceCount: 0,
  backupCount: 0,
  storedBytes: 0,
  lastBackupAt: null,
  successRate: null,
  averageDurationMs: null,
};

/** Removed backups still tell how often and how long: the scope without its `removed_at`. */
function inOrganization(actor: Actor) {
  const bound = actor.projectId === null ? undefined : eq(backups.projectId, actor.projectId);
  return and(eq(backups.organizationId, actor.organizationId), bound);
}

/** Drivers give aggregates as text or as they please. */
function dateOf(value: unknown): Date {
  return value instanceof Date ? value : new Date(String(value));
}

function numberOf(value: unknown): number {
  return Math.round(Number(value));
}

/** Whether a project still holds resources, or backups whose bytes are there. */
export async function selectContents(
  db: Database,
  projectId: string,
): Promise<{ resources: number; backups: number }> {
  const [held] = await db
    .select({ number: count() })
    .from(resources)
    .where(and(eq(resources.projectId, projectId), isNull(resources.removedAt)));
  const [kept] = await db
    .select({ number: count() })
    .from(backups)
    .where(and(backupsIn(db, projectId), isNull(backups.removedAt), eq(backups.status, "completed")));
  return { resources: held?.number ?? 0, backups: kept?.number ?? 0 };
}

/** Those of its resources too, whatever project they were kept under. */
export function backupsIn(db: Database, projectId: string) {
  const there = db.select({ id: resources.id }).from(resources).where(eq(resources.projectId, projectId));
  return or(eq(backups.projectId, projectId), inArray(backups.resourceId, there));
}
