import { removeBackup } from "@cofre/core";
import { Fault } from "@cofre/core/model";
import { eq } from "drizzle-orm";
import { backups } from "../db/schema/backups.ts";
import type { Deps } from "../deps.ts";
import type { DeleteJob } from "./job-request.ts";
import { type BackupRow, backupById } from "./rows.ts";
import type { Running } from "./running.ts";

/** Removes archives by hand. The rows stay, and say why the bytes are gone. */
export async function doDelete(running: Running): Promise<void> {
  const request = deleteRequest(running);
  for (const id of request.backupIds) {
    const row = await backupById(running.deps.db, id);
    if (row.removedAt === null) await removeArchive(running.deps, row, request.reason);
  }
}

function deleteRequest({ job }: Running): DeleteJob {
  if (job.request.kind === "delete") return job.request;
  throw new Fault("bug", `job ${job.id} is not a removal`);
}

/** Removes the bytes of one backup and then says so in its row: a crash in between removes again, which is no error. */
export async function removeArchive(
  deps: Pick<Deps, "db" | "reach" | "now">,
  row: BackupRow,
  reason: string,
): Promise<void> {
  if (row.pinned) {
    throw new Fault("state.conflict", `the backup ${row.id} is pinned`, { hint: "Unpin it first." });
  }
  if (row.storeKey !== null) {
    const store = await deps.reach.store(row.storeId);
    const riders = row.riderKeys.map((key) => ({ name: key, key, sha256: "" }));
    const archive = {
      key: row.storeKey,
      bytes: row.sizeBytes ?? 0,
      sha256: row.sha256 ?? "",
      stages: [...row.stages],
    };
    await removeBackup(store, { archive, riders });
  }
  await deps.db
    .update(backups)
    .set({ removedAt: deps.now(), removedReason: reason })
    .where(eq(backups.id, row.id));
}
