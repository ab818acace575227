import type { BackupStatus } from "@cofre/core/model";
import { and, eq, inArray, notExists, notInArray } from "../db/orm.ts";
import { backups } from "../db/schema/backups.ts";
import { resources } from "../db/schema/resources.ts";
import { schedules } from "../db/schema/schedules.ts";
import { isUntouched } from "../feature/resources/untouched.ts";
import type { ResourceRow } from "../reach/reach.ts";
import type { ScanDeps } from "./scan.ts";

/** A redeploy takes a container away for a while, and must find its resource again. */
const REDEPLOY_MS = 15 * 60_000;
/** Runs that made nothing. */
const MADE_NOTHING: BackupStatus[] = ["failed", "cancelled"];

/**
 * Forgets containers that went away and that nobody will miss: found by a scan, never backed up, without a schedule, and never touched by
 * hand. The others stay, for their backups or for what somebody typed.
 */
export async function forgetVanished(
  { db, now }: Pick<ScanDeps, "db" | "now">,
  gone: readonly ResourceRow[],
): Promise<void> {
  const before = now().getTime() - REDEPLOY_MS;
  const ids = gone
    .filter((row) => isUntouched(row) && (row.lastSeenAt ?? row.createdAt).getTime() < before)
    .map((row) => row.id);
  if (ids.length === 0) return;
  await db.transaction(async (tx) => {
    const scheduled = tx.select().from(schedules).where(eq(schedules.resourceId, resources.id));
    const made = tx
      .select()
      .from(backups)
      .where(and(eq(backups.resourceId, resources.id), notInArray(backups.status, MADE_NOTHING)));
    const rows = await tx
      .select({ id: resources.id })
      .from(resources)
      .where(and(inArray(resources.id, ids), notExists(scheduled), notExists(made)))
      .for("update");
    const nobodys = rows.map((row) => row.id);
    await tx.delete(backups).where(inArray(backups.resourceId, nobodys));
    await tx.delete(resources).where(inArray(resources.id, nobodys));
  });
}
