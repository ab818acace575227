import { Fault } from "@cofre/core/model";
import type { Deps } from "../deps.ts";
import type { DeleteJob } from "./job-request.ts";
import { markForRemoval, removeMarked } from "./removal.ts";
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

/** Marks one backup, removes its bytes, and then says so in its row: what is cut in between is finished later. */
export async function removeArchive(
  deps: Pick<Deps, "db" | "reach" | "now">,
  row: BackupRow,
  reason: string,
): Promise<void> {
  if (row.pinned) {
    throw new Fault("state.conflict", `the backup ${row.id} is pinned`, { hint: "Unpin it first." });
  }
  await markForRemoval(deps.db, row.id, reason);
  await removeMarked(deps, row);
}
