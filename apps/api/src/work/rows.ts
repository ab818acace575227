import type { Manifest } from "@cofre/core";
import { Fault } from "@cofre/core/model";
import type { Database } from "../db/database.ts";
import { and, desc, eq, isNull, ne } from "../db/orm.ts";
import { backups } from "../db/schema/backups.ts";
import { projects } from "../db/schema/projects.ts";
import { schedules } from "../db/schema/schedules.ts";

export type BackupRow = typeof backups.$inferSelect;
export type ProjectRow = typeof projects.$inferSelect;

/** A worker acts for the job's own organization: the job's row was found in its scope, and so are the ids in it. */
export async function backupsOfJob(db: Database, jobId: string): Promise<readonly BackupRow[]> {
  return await db.select().from(backups).where(eq(backups.jobId, jobId)).orderBy(backups.id);
}

export async function backupById(db: Database, id: string): Promise<BackupRow> {
  const [row] = await db.select().from(backups).where(eq(backups.id, id));
  if (row !== undefined) return row;
  throw new Fault("not.found", `the backup ${id} is no longer in the catalogue`);
}

export async function projectById(db: Database, id: string): Promise<ProjectRow> {
  const [row] = await db.select().from(projects).where(eq(projects.id, id));
  if (row !== undefined) return row;
  throw new Fault("not.found", `the project ${id} is no longer there`);
}

export async function timeZoneOf(db: Database, resourceId: string): Promise<string> {
  const [row] = await db
    .select({ timeZone: schedules.timeZone })
    .from(schedules)
    .where(eq(schedules.resourceId, resourceId));
  return row?.timeZone ?? "UTC";
}

/** Completed backups of one unit whose bytes are still there, newest first, safety copies and uploads left out. */
export async function regularBackups(
  db: Database,
  { resourceId, unit, id }: Pick<BackupRow, "resourceId" | "unit" | "id">,
): Promise<readonly BackupRow[]> {
  const rows = await db
    .select()
    .from(backups)
    .where(
      and(
        eq(backups.resourceId, resourceId),
        eq(backups.unit, unit),
        eq(backups.status, "completed"),
        isNull(backups.removedReason),
        ne(backups.id, id),
      ),
    )
    .orderBy(desc(backups.completedAt))
    .limit(10);
  return rows.filter((row) => row.origin === "manual" || row.origin === "schedule");
}

/** The manifest of a completed backup, as it was written. */
export function manifestOf(row: BackupRow): Manifest {
  if (row.removedReason === null) return writtenManifestOf(row);
  throw notKept(row);
}

/** The same where the archive is no longer kept: what a restore of it made or replaced is found by the names in it. */
export function writtenManifestOf(row: BackupRow): Manifest {
  if (row.manifest === null) throw notKept(row);
  return row.manifest as Manifest; // checked: only takeBackup's parsed manifests are written there
}

function notKept({ id }: BackupRow): Fault {
  return new Fault("archive.missing", `the archive of backup ${id} is no longer kept`, {
    hint: "Choose another backup.",
  });
}
