import { type AnsweringArchive, type ArchiveAt, Manifest, whicheverAnswers } from "@cofre/core";
import type { Fault } from "@cofre/core/model";
import type { Database } from "../db/database.ts";
import { and, asc, eq } from "../db/orm.ts";
import { backupCopies } from "../db/schema/backup-copies.ts";
import type { Deps } from "../deps.ts";
import { answered, question } from "../reach/questions.ts";
import { type BackupRow, manifestOf } from "./rows.ts";
import type { Running } from "./running.ts";

export type CopyRow = typeof backupCopies.$inferSelect;

/** Where a completed backup's archive rests: its first store, then its copies in the order in which they were made. */
async function placesOf(
  { db, reach }: Pick<Deps, "db" | "reach">,
  row: BackupRow,
): Promise<readonly ArchiveAt[]> {
  const copies = await completedCopies(db, row.id);
  return [placeAt(reach, row.storeId, manifestOf(row)), ...copies.map((copy) => copyAt({ reach }, copy))];
}

/**
 * The archive from whichever store answers and has it whole.
 *
 * @throws Fault of the first store when none does
 */
export async function archiveOf(deps: Pick<Deps, "db" | "reach">, row: BackupRow): Promise<AnsweringArchive> {
  return await whicheverAnswers(await placesOf(deps, row));
}

/** An archive and its further places, and what those said that were passed over so far, the first place first. */
interface ToldArchive {
  readonly archive: AnsweringArchive;
  passedOver(): readonly Fault[];
}

/**
 * The archive from whichever store answers and has it whole. Another than the first is told with the job, and why, also when one that
 * answered turns out to be damaged later. That no place has it whole is also told to `onNowhere`.
 *
 * @throws Fault that names what every place said when none does
 */
export async function toldArchiveOf(
  { deps, notes }: Running,
  row: BackupRow,
  onNowhere: (error: unknown) => Promise<void> = async () => undefined,
): Promise<ToldArchive> {
  let faults: readonly Fault[] = [];
  let told: readonly string[] = [];
  const tell = (archive: AnsweringArchive): AnsweringArchive => {
    unwarn(notes, told);
    faults = archive.silent;
    told = faults.map(({ message }) => `Read from ${archive.store.name}, because: ${message}`);
    warn(notes, told);
    return { ...archive, next: async (why) => tell(await somewhere(archive.next(why))) };
  };
  const somewhere = (asked: Promise<AnsweringArchive>) =>
    asked.catch(async (error: unknown) => {
      await onNowhere(error);
      throw error;
    });
  const archive = tell(await somewhere(archiveOf(deps, row)));
  return { archive, passedOver: () => faults };
}

/** Adds what is to be shown with the job's end. */
export function warn(notes: Running["notes"], warnings: readonly string[]): void {
  notes.warnings = [...warningsIn(notes), ...warnings];
}

function unwarn(notes: Running["notes"], warnings: readonly string[]): void {
  notes.warnings = warningsIn(notes).filter((warning) => !warnings.includes(warning));
}

function warningsIn({ warnings }: Running["notes"]): readonly string[] {
  return Array.isArray(warnings) ? warnings : [];
}

/** The archive from a copy, for whoever found that its first store does not have it; undefined when no copy answers either. */
export async function answeringCopy(
  deps: Pick<Deps, "db" | "reach">,
  { id }: Pick<BackupRow, "id">,
): Promise<AnsweringArchive | undefined> {
  const places = (await completedCopies(deps.db, id)).map((copy) => copyAt(deps, copy));
  // Why the first store does not have it is what must be told.
  return await whicheverAnswers(places).catch(() => undefined);
}

function copyAt({ reach }: Pick<Deps, "reach">, { storeId, manifest }: CopyRow): ArchiveAt {
  return placeAt(reach, storeId, Manifest.parse(manifest));
}

function placeAt(reach: Deps["reach"], storeId: string, manifest: Manifest): ArchiveAt {
  return { manifest, open: async () => await answered("the store", question().signal, reach.store(storeId)) };
}

async function completedCopies(db: Database, backupId: string): Promise<readonly CopyRow[]> {
  return await db
    .select()
    .from(backupCopies)
    .where(and(eq(backupCopies.backupId, backupId), eq(backupCopies.status, "completed")))
    .orderBy(asc(backupCopies.id));
}
