import { copyBackup, Manifest, removeBackup } from "@cofre/core";
import { Fault, isFault, toFault } from "@cofre/core/model";
import { and, eq } from "../db/orm.ts";
import { backupCopies } from "../db/schema/backup-copies.ts";
import type { Deps } from "../deps.ts";
import { keepCleaned } from "./cleaned.ts";
import { type CopyRow, toldArchiveOf } from "./copy-places.ts";
import type { CopyJob } from "./job-request.ts";
import { type BackupRow, backupById } from "./rows.ts";
import { isLettingGo, type Running } from "./running.ts";
import { refuseTakenName } from "./taken-name.ts";

/** Copies one archive into one more store; its row tells what became of it. */
export async function doCopy(running: Running): Promise<void> {
  const { deps, job, work } = running;
  const { copyId } = copyJob(running);
  const copy = await copyById(deps, copyId);
  const row = await backupById(deps.db, copy.backupId);
  await remember(deps, copy.id, { status: "running" });
  try {
    const { archive } = await toldArchiveOf(running, row);
    const { manifest } = await copyBackup(work, {
      from: archive,
      to: await deps.reach.store(copy.storeId),
      onKey: async (storeKey) => {
        await refuseTakenName(deps.db, { storeId: copy.storeId, key: storeKey, owner: copy.id });
        await remember(deps, copy.id, { storeKey });
      },
      ...(copy.storeKey === null ? {} : { key: copy.storeKey }),
      installation: deps.installation,
    });
    await remember(deps, copy.id, { status: "completed", manifest, verifiedAt: deps.now(), error: null });
  } catch (error) {
    if (isLettingGo(work, error)) throw error;
    const status = isFault(toFault(error), "job.cancelled") ? ("cancelled" as const) : ("failed" as const);
    await remember(deps, copy.id, {
      status,
      storeKey: null,
      error: status === "cancelled" ? null : await keepCleaned({ deps, job }, error),
    });
    throw error;
  }
}

function copyJob({ job }: Running): CopyJob {
  if (job.request.kind === "copy") return job.request;
  throw new Fault("bug", `job ${job.id} is not a copy`);
}

async function copyById({ db }: Pick<Deps, "db">, id: string): Promise<CopyRow> {
  const [row] = await db.select().from(backupCopies).where(eq(backupCopies.id, id));
  if (row !== undefined) return row;
  throw new Fault("not.found", `the copy ${id} is no longer in the catalogue`);
}

async function remember(
  { db }: Pick<Deps, "db">,
  id: string,
  seen: Partial<typeof backupCopies.$inferInsert>,
): Promise<void> {
  await db.update(backupCopies).set(seen).where(eq(backupCopies.id, id));
}

/** Removes the copies of a backup that goes, their bytes first. @throws Fault `server.*`, `store.*` */
export async function removeCopies({ db, reach }: Pick<Deps, "db" | "reach">, row: BackupRow): Promise<void> {
  const copies = await db.select().from(backupCopies).where(eq(backupCopies.backupId, row.id));
  for (const copy of copies) await removeCopy({ db, reach }, copy);
}

export async function removeCopy({ db, reach }: Pick<Deps, "db" | "reach">, copy: CopyRow): Promise<void> {
  const manifest = Manifest.safeParse(copy.manifest);
  if (manifest.success) await removeBackup(await reach.store(copy.storeId), manifest.data);
  await db.delete(backupCopies).where(and(eq(backupCopies.id, copy.id)));
}
