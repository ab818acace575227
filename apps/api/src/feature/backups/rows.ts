import type { Actor } from "../../auth/actor.ts";
import type { Database } from "../../db/database.ts";
import { and, desc, eq, inArray, lt, ne, or, sql } from "../../db/orm.ts";
import { backups } from "../../db/schema/backups.ts";
import { jobs } from "../../db/schema/jobs.ts";
import type { JobRow } from "../../work/queue-contract.ts";
import { isBeingRemoved } from "../../work/removal.ts";
import { absent } from "../absent.ts";
import { DEFAULT_LIMIT } from "../page.ts";
import { visible } from "../scope.ts";
import { goingAway } from "./going-away.ts";
import type { ListBackups, OfBackup } from "./view.ts";

export type BackupRow = typeof backups.$inferSelect;

/** Newest first. */
export function selectBackups(db: Database, actor: Actor, input: ListBackups): Promise<BackupRow[]> {
  return db
    .select()
    .from(backups)
    .where(
      and(
        visible.backups(actor),
        eq(backups.resourceId, input.resourceId),
        input.status === undefined ? undefined : eq(backups.status, input.status),
        input.origin === undefined ? undefined : eq(backups.origin, input.origin),
        input.cursor === undefined ? undefined : lt(backups.id, input.cursor),
      ),
    )
    .orderBy(desc(backups.id))
    .limit((input.limit ?? DEFAULT_LIMIT) + 1);
}

export async function selectBackup(
  db: Database,
  actor: Actor,
  { resourceId, id }: OfBackup,
): Promise<BackupRow | undefined> {
  const [row] = await db
    .select()
    .from(backups)
    .where(and(visible.backups(actor), eq(backups.resourceId, resourceId), eq(backups.id, id)));
  return row;
}

/** The same, held against other writers until the transaction ends. */
async function lockBackup(
  tx: Database,
  actor: Actor,
  { resourceId, id }: OfBackup,
): Promise<BackupRow | undefined> {
  const [row] = await tx
    .select()
    .from(backups)
    .where(and(visible.backups(actor), eq(backups.resourceId, resourceId), eq(backups.id, id)))
    .for("update");
  return row;
}

/**
 * Held for a job that is to read its archive, so that nobody deletes it between the question and the job's row.
 *
 * @throws Fault `not.found`, `state.conflict` when it is being deleted
 */
export async function lockReadable(tx: Database, actor: Actor, input: OfBackup): Promise<void> {
  const row = await lockBackup(tx, actor, input);
  if (row === undefined) throw absent("backup");
  if (isBeingRemoved(row)) throw goingAway();
}

/** An open job, of whatever resource, that reads or writes one of these backups. */
export async function selectJobUsing(
  db: Database,
  backupIds: readonly string[],
  besides?: string,
): Promise<JobRow | undefined> {
  if (backupIds.length === 0) return undefined;
  const listed = inArray(sql`listed.id`, [...backupIds]);
  const [row] = await db
    .select()
    .from(jobs)
    .where(
      and(
        inArray(jobs.status, ["queued", "running"]),
        besides === undefined ? undefined : ne(jobs.id, besides),
        or(
          sql`exists (select 1 from jsonb_array_elements_text(${jobs.backupIds}) listed (id) where ${listed})`,
          inArray(sql`${jobs.request} ->> 'backupId'`, [...backupIds]),
        ),
      ),
    )
    .limit(1);
  return row;
}
