import { Fault, toFault } from "@cofre/core/model";
import { removeArchive } from "./claim-removal.ts";
import type { DeleteJob } from "./job-request.ts";
import { backupById } from "./rows.ts";
import type { Running } from "./running.ts";

/** Removes archives by hand. The rows stay, and say why the bytes are gone. One that cannot go does not keep the others. */
export async function doDelete(running: Running): Promise<void> {
  const { deps, job } = running;
  const { backupIds, reason } = deleteRequest(running);
  const failures: Fault[] = [];
  for (const id of backupIds) {
    const row = await backupById(deps.db, id);
    if (row.removedAt !== null) continue;
    await removeArchive(deps, { id, reason, byJob: job.id }).catch((error: unknown) => {
      failures.push(toFault(error));
    });
  }
  const [first] = failures;
  if (first === undefined) return;
  if (backupIds.length === 1) throw first;
  const { hint, context } = first;
  throw new Fault(
    first.code,
    `${failures.length} of ${backupIds.length} backups could not be removed; the first: ${first.message}`,
    { ...(hint === undefined ? {} : { hint }), cause: first, context },
  );
}

function deleteRequest({ job }: Running): DeleteJob {
  if (job.request.kind === "delete") return job.request;
  throw new Fault("bug", `job ${job.id} is not a removal`);
}
