import { fromWhicheverIsWhole, validateBackup } from "@cofre/core";
import { Fault, isFault, toFault } from "@cofre/core/model";
import { eq } from "../db/orm.ts";
import { backups } from "../db/schema/backups.ts";
import type { Deps } from "../deps.ts";
import { unlockFor } from "../feature/encryption/unlock.ts";
import type { ReachedResource } from "../reach/reach.ts";
import { keepCleaned } from "./cleaned.ts";
import { toldArchiveOf, warn } from "./copy-places.ts";
import type { ValidateJob } from "./job-request.ts";
import { type BackupRow, backupById } from "./rows.ts";
import type { Running } from "./running.ts";

/**
 * Checks one archive and writes what was seen beside its backup, good or bad. A backup is good while one of its places has it whole;
 * what is wrong with its first place is written all the same.
 */
export async function doValidate(running: Running): Promise<void> {
  const { deps, work } = running;
  const request = validateRequest(running);
  const row = await backupById(deps.db, request.backupId);
  const reached = request.depth === "intact" ? undefined : await reachIfThere(running, row);
  const asked = {
    unlock: unlockFor(deps, row.organizationId),
    depth: request.depth === "intact" ? ("intact" as const) : ("readable" as const),
    ...(reached === undefined ? {} : { engine: reached.engine, bench: reached.reach }),
  };
  try {
    const { archive, passedOver } = await toldArchiveOf(running, row);
    const { result } = await fromWhicheverIsWhole(archive, ({ store, manifest }) =>
      validateBackup(work, { ...asked, store, manifest }),
    );
    await remember(deps, row, { depth: result.depth, ok: true, fault: ofFirstPlace(passedOver()) });
  } catch (error) {
    await rememberDamage(deps, row, { depth: request.depth, error });
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
    warn(running.notes, ["The container is away, so only digest and compression were checked."]);
    return undefined;
  }
}

interface Validated extends Pick<NonNullable<BackupRow["validation"]>, "depth" | "ok"> {
  readonly fault: Fault | null;
}

/** Written only when it is the archive's damage. */
export async function rememberDamage(
  deps: Remembering,
  row: BackupRow,
  { depth, error }: Pick<Validated, "depth"> & { readonly error: unknown },
): Promise<void> {
  const fault = toFault(error);
  if (fault.traits.blame !== "archive") return;
  await remember(deps, row, { depth, ok: false, fault });
}

/** After the archive was read whole elsewhere: written only when its first place has it damaged or no longer. */
export async function rememberFirstPlace(
  deps: Remembering,
  row: BackupRow,
  { depth, passedOver }: Pick<Validated, "depth"> & { readonly passedOver: readonly Fault[] },
): Promise<void> {
  const fault = ofFirstPlace(passedOver);
  if (fault !== null) await remember(deps, row, { depth, ok: true, fault });
}

function ofFirstPlace([first]: readonly Fault[]): Fault | null {
  return first?.traits.blame === "archive" ? first : null;
}

type Remembering = Pick<Deps, "db" | "sealer" | "now">;

async function remember(deps: Remembering, row: BackupRow, seen: Validated): Promise<void> {
  const { resourceId } = row;
  const fault =
    seen.fault === null ? null : await keepCleaned({ deps, job: { resourceId, serverId: null } }, seen.fault);
  const validation = { ...seen, fault, at: deps.now().toISOString() };
  await deps.db.update(backups).set({ validation }).where(eq(backups.id, row.id));
}
