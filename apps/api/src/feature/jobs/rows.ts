import type { Actor } from "../../auth/actor.ts";
import type { Database } from "../../db/database.ts";
import { and, asc, desc, eq, gte, inArray, lt, type SQL } from "../../db/orm.ts";
import { jobs } from "../../db/schema/jobs.ts";
import type { JobRow } from "../../work/queue-contract.ts";
import { DEFAULT_LIMIT } from "../page.ts";
import { visible } from "../scope.ts";
import type { ListJobs } from "./view.ts";

const OPEN = ["queued", "running"] as const;

/** Newest first; one row more than the limit tells that there is a next page. */
export function selectJobs(db: Database, actor: Actor, input: ListJobs): Promise<JobRow[]> {
  return db
    .select()
    .from(jobs)
    .where(and(visible.jobs(actor), ...filtersOf(input)))
    .orderBy(desc(jobs.id))
    .limit((input.limit ?? DEFAULT_LIMIT) + 1);
}

function filtersOf(input: ListJobs): (SQL | undefined)[] {
  return [
    input.projectId === undefined ? undefined : eq(jobs.projectId, input.projectId),
    input.resourceId === undefined ? undefined : eq(jobs.resourceId, input.resourceId),
    input.kind === undefined ? undefined : eq(jobs.kind, input.kind),
    input.status === undefined ? undefined : eq(jobs.status, input.status),
    input.open === true ? inArray(jobs.status, OPEN) : undefined,
    input.cursor === undefined ? undefined : lt(jobs.id, input.cursor),
  ];
}

export async function selectJob(db: Database, actor: Actor, id: string): Promise<JobRow | undefined> {
  const [row] = await db
    .select()
    .from(jobs)
    .where(and(visible.jobs(actor), eq(jobs.id, id)));
  return row;
}

/** The open job that has or awaits a resource, the oldest first; undefined when nobody works on it. */
export async function selectOpenJobOf(db: Database, resourceId: string): Promise<JobRow | undefined> {
  const [row] = await db
    .select()
    .from(jobs)
    .where(and(eq(jobs.resourceId, resourceId), inArray(jobs.status, OPEN)))
    .orderBy(asc(jobs.id))
    .limit(1);
  return row;
}

/** Everything that changed at or after a moment, oldest change first: for the one poller of a process, so not scoped. */
export function selectChangedJobs(db: Database, since: Date): Promise<JobRow[]> {
  return db.select().from(jobs).where(gte(jobs.updatedAt, since)).orderBy(asc(jobs.updatedAt)).limit(1_000);
}
