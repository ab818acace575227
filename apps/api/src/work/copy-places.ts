import { type AnsweringArchive, type ArchiveAt, Manifest, whicheverAnswers } from "@cofre/core";
import { and, asc, eq } from "drizzle-orm";
import type { Database } from "../db/database.ts";
import { backupCopies } from "../db/schema/backup-copies.ts";
import type { Deps } from "../deps.ts";
import { answered, question } from "../reach/questions.ts";
import { type BackupRow, manifestOf } from "./rows.ts";

export type CopyRow = typeof backupCopies.$inferSelect;

/** Where a completed backup's archive rests: its first store, then its copies in the order in which they were made. */
async function placesOf(
  { db, reach }: Pick<Deps, "db" | "reach">,
  row: BackupRow,
): Promise<readonly ArchiveAt[]> {
  const at = (storeId: string, manifest: Manifest): ArchiveAt => ({
    manifest,
    open: async () => await answered("the store", question().signal, reach.store(storeId)),
  });
  const copies = await completedCopies(db, row.id);
  return [
    at(row.storeId, manifestOf(row)),
    ...copies.map((copy) => at(copy.storeId, Manifest.parse(copy.manifest))),
  ];
}

/**
 * The archive from whichever store answers and has it whole.
 *
 * @throws Fault of the first store when none does
 */
export async function archiveOf(deps: Pick<Deps, "db" | "reach">, row: BackupRow): Promise<AnsweringArchive> {
  return await whicheverAnswers(await placesOf(deps, row));
}

export async function completedCopies(db: Database, backupId: string): Promise<readonly CopyRow[]> {
  return await db
    .select()
    .from(backupCopies)
    .where(and(eq(backupCopies.backupId, backupId), eq(backupCopies.status, "completed")))
    .orderBy(asc(backupCopies.id));
}
