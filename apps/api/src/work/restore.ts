import {
  presentUnits,
  type RestoreAtTarget,
  type RestoreBackup,
  recoverRestore,
  restoreBackup,
  type Store,
} from "@cofre/core";
import { Fault, isFault, toFault } from "@cofre/core/model";
import type { Database } from "../db/database.ts";
import { and, eq } from "../db/orm.ts";
import { stores } from "../db/schema/stores.ts";
import type { Deps } from "../deps.ts";
import { unlockFor } from "../feature/encryption/unlock.ts";
import type { ReachedResource } from "../reach/reach.ts";
import { toldArchiveOf, warn } from "./copy-places.ts";
import type { RestoreJob } from "./job-request.ts";
import { backupById, writtenManifestOf } from "./rows.ts";
import { isLettingGo, type Running } from "./running.ts";
import { failOpenRow, takeArchive } from "./taking.ts";
import { untilReachable } from "./until-reachable.ts";
import { rememberDamage, rememberFirstPlace } from "./validate.ts";

/** Restores a backup into a resource. A restore whose worker died is not begun anew: what it left is swept, or its switch is confirmed. */
export async function doRestore(running: Running): Promise<void> {
  const { deps, job, work } = running;
  const request = restoreJob(running);
  try {
    const reached = await untilReachable(running, () =>
      deps.reach.resource(request.destinationResourceId, { tag: job.id, signal: work.signal }),
    );
    if (running.isTakenUp) await takeUp(running, request, reached);
    else await restoreAnew(running, request, reached);
    if (request.safetyBackupId !== null) await failOpenRow(running, request.safetyBackupId, notNeeded());
  } catch (error) {
    if (isLettingGo(work, error) || request.safetyBackupId === null) throw error;
    await failOpenRow(running, request.safetyBackupId, notReached(error));
    throw await withSafetyNamed(running, request.safetyBackupId, error);
  }
}

/** From whichever place has the archive whole; what is wrong with its first place is written beside the backup. */
async function restoreAnew(running: Running, request: RestoreJob, reached: ReachedResource): Promise<void> {
  const { deps, notes, work } = running;
  const row = await backupById(deps.db, request.backupId);
  const { archive, passedOver } = await toldArchiveOf(running, row, async (error) =>
    rememberDamage(deps, row, { depth: "readable", error }),
  );
  const { store, manifest, next } = archive;
  const asked = { ...reachedBy(reached, request), ...protection(running, request, reached) };
  const { keptOld, warnings } = await restoreBackup(work, {
    ...asked,
    ...{ store, manifest, next },
    unlock: unlockFor(deps, row.organizationId),
  });
  await rememberFirstPlace(deps, row, { depth: "readable", passedOver: passedOver() });
  notes.keptOld = keptOld;
  warn(notes, warnings);
}

/**
 * What took a restore over only sweeps or confirms: it needs no archive that answers. A safety backup that runs on the server is brought
 * to its end first: nothing of it may stay behind without a row that tells.
 */
async function takeUp(running: Running, request: RestoreJob, reached: ReachedResource): Promise<void> {
  const { deps, notes } = running;
  const { safetyBackupId } = request;
  const asked = await atTarget(deps.db, request, reached);
  let isUntaken = false;
  if (safetyBackupId !== null) {
    const { status } = await backupById(deps.db, safetyBackupId);
    // Only where nothing was there to be backed up a restore goes on without it.
    isUntaken = status === "pending";
    const present = status === "running" ? await presentUnits(asked) : [];
    if (present.length > 0) await protect(running, reached, { safetyBackupId, units: present });
  }
  const beside = await storesOn(deps, reached.server.id);
  const { keptOld, warnings } = await recoverRestore(running.work, { ...asked, stores: beside });
  notes.keptOld = keptOld;
  warn(notes, isUntaken ? ["no safety backup was taken, because nothing was there", ...warnings] : warnings);
}

/** What may no longer be as it was needs the very name of the backup that brings it back. */
async function withSafetyNamed({ deps }: Running, safetyBackupId: string, error: unknown): Promise<unknown> {
  const fault = toFault(error);
  if (fault.context.targetChanged !== true) return error;
  const { status, filename } = await backupById(deps.db, safetyBackupId);
  if (status !== "completed" || filename === null) return error;
  const named = `What was there before is in the safety backup ${filename}.`;
  return new Fault(fault.code, fault.message, {
    hint: fault.hint === undefined ? named : `${fault.hint} ${named}`,
    cause: fault,
    context: { ...fault.context, safetyBackupId },
  });
}

function restoreJob({ job }: Running): RestoreJob {
  if (job.request.kind === "restore") return job.request;
  throw new Fault("bug", `job ${job.id} is not a restore`);
}

function protection(
  running: Running,
  { safetyBackupId }: RestoreJob,
  reached: ReachedResource,
): Pick<RestoreBackup, "protect"> {
  if (safetyBackupId === null) return {};
  return { protect: (units) => protect(running, reached, { safetyBackupId, units }) };
}

/** The restore that a job's row asked for, as it is found again: whether its archive is still there does not matter. */
export async function atTarget(
  db: Database,
  request: RestoreJob,
  reached: ReachedResource,
): Promise<RestoreAtTarget> {
  const row = await backupById(db, request.backupId);
  return { ...reachedBy(reached, request), manifest: writtenManifestOf(row) };
}

/** Those that lie on this very server, which was reached. */
async function storesOn(
  { db, reach }: Pick<Deps, "db" | "reach">,
  serverId: string,
): Promise<readonly Store[]> {
  const rows = await db
    .select({ id: stores.id })
    .from(stores)
    .where(and(eq(stores.kind, "directory"), eq(stores.serverId, serverId)));
  return await Promise.all(rows.map(({ id }) => reach.store(id)));
}

function reachedBy({ engine, reach }: ReachedResource, { units, mode, choices }: RestoreJob) {
  return {
    engine,
    reach,
    units,
    ...(mode === undefined ? {} : { mode }),
    ...(choices === undefined ? {} : { choices }),
  };
}

/** Backs up what is there now into the row that was promised to the caller. */
async function protect(
  running: Running,
  reached: ReachedResource,
  { safetyBackupId, units }: { readonly safetyBackupId: string; readonly units: readonly string[] },
): Promise<void> {
  const row = await backupById(running.deps.db, safetyBackupId);
  const store = await running.deps.reach.store(row.storeId);
  await takeArchive(running, { reached, store, units, anywhere: true }, row);
}

/** A restore that succeeded leaves it open only where nothing was there to be backed up. */
function notNeeded(): Fault {
  return new Fault("job.cancelled", "there was nothing to back up before the restore");
}

function notReached(error: unknown): unknown {
  if (isFault(error, "job.cancelled")) return error;
  return new Fault("job.cancelled", "the restore ended before its safety backup was needed", {
    cause: error,
  });
}
