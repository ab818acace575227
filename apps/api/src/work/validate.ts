import { validateBackup } from "@cofre/core";
import { Fault, isFault, toFault } from "@cofre/core/model";
import { eq } from "drizzle-orm";
import { keepFault } from "../db/kept-fault.ts";
import { backups } from "../db/schema/backups.ts";
import { unlockFor } from "../feature/encryption/unlock.ts";
import type { ReachedResource } from "../reach/reach.ts";
import type { ValidateJob } from "./job-request.ts";
import { type BackupRow, backupById, manifestOf } from "./rows.ts";
import type { Running } from "./running.ts";

/** Checks one archive and writes what was seen beside its backup, good or bad. */
export async function doValidate(running: Running): Promise<void> {
  const { deps, work } = running;
  const request = validateRequest(running);
  const row = await backupById(deps.db, request.backupId);
  const store = await deps.reach.store(row.storeId);
  const reached = request.depth === "intact" ? undefined : await reachIfThere(running, row);
  try {
    const { depth } = await validateBackup(work, {
      store,
      manifest: manifestOf(row),
      unlock: unlockFor(deps, row.organizationId),
      depth: request.depth === "intact" ? "intact" : "readable",
      ...(reached === undefined ? {} : { engine: reached.engine, bench: reached.reach }),
    });
    await remember(running, row, { depth, ok: true, fault: null });
  } catch (error) {
    const fault = toFault(error);
    if (fault.traits.blame === "archive") {
      await remember(running, row, { depth: request.depth, ok: false, fault: keepFault(fault) });
    }
    throw error;
  }
}

function validateRequest({ job }: Running): ValidateJob {
  if (job.request.kind === "validate") return job.request;
  throw new Fault("bug", `job ${job.id} is not a validation`);
}

/** The dump's own structure is read with the resource's tools; when it is away, the check goes less deep and says so. */
async function reachIfThere(running: Running, row: BackupRow): Promise<ReachedResource | undefined> {
  const { deps, job, work } = running;
  try {
    return await deps.reach.resource(row.resourceId, { tag: job.id, signal: work.signal });
  } catch (error) {
    if (!isFault(error, "target.missing")) throw error;
    running.notes.warnings = ["The container is away, so only digest and compression were checked."];
    return undefined;
  }
}

async function remember(
  { deps }: Running,
  row: BackupRow,
  seen: Pick<NonNullable<BackupRow["validation"]>, "depth" | "ok" | "fault">,
): Promise<void> {
  const validation = { ...seen, at: deps.now().toISOString() };
  await deps.db.update(backups).set({ validation }).where(eq(backups.id, row.id));
}
