import { Fault, toFault } from "@cofre/core/model";
import { openFault } from "../db/kept-fault.ts";
import { jobs } from "../db/schema/jobs.ts";
import { pathsIn } from "../feature/resources/allowed-paths.ts";
import { requireApart } from "../feature/resources/own-store.ts";
import type { ReachedResource } from "../reach/reach.ts";
import { expireAfter } from "./expire.ts";
import { betweenHooks } from "./hooks.ts";
import type { BackupJob } from "./job-request.ts";
import { mine } from "./lease.ts";
import { gone, planRows } from "./planned-rows.ts";
import { type BackupRow, backupsOfJob } from "./rows.ts";
import { isLettingGo, type Running } from "./running.ts";
import { failOpenRow, type Taking, takeArchive } from "./taking.ts";
import { untilReachable } from "./until-reachable.ts";

/** Backs a resource up: one archive for each unit, or one of all where the engine combines them. A unit that fails does not stop the others. */
export async function doBackup(running: Running): Promise<void> {
  const { deps, job, work } = running;
  const rows = await backupsOfJob(deps.db, job.id);
  try {
    const reached = await reachFor(running);
    await requireApartThere(running, reached);
    await betweenHooks(running, reached, () => takeRows(running, reached, rows));
  } catch (error) {
    if (isLettingGo(work, error)) throw error;
    for (const row of await backupsOfJob(deps.db, job.id)) await failOpenRow(running, row.id, error);
    throw error;
  }
}

async function takeRows(
  running: Running,
  reached: ReachedResource,
  rows: readonly BackupRow[],
): Promise<void> {
  const request = backupRequest(running);
  const store = await running.deps.reach.store(request.storeId);
  const { planned, missing } = await planRows(running, { reached, units: request.units }, rows);
  await rememberRows(running);
  // A run that was to cover what is not there has failed, whatever became of the rest; and so has one whose earlier attempt, cut
  // since, could not take a unit.
  const failures: unknown[] = [...missing.map((unit) => gone([unit])), ...failedBefore(rows, missing)];
  for (const row of planned) {
    const failure = await takeOne(running, { reached, store, ...request }, row);
    if (failure !== undefined) failures.push(failure);
  }
  if (failures.length > 0) throw partly(failures, await unitsIn(running, missing));
}

function backupRequest({ job }: Running): BackupJob {
  if (job.request.kind !== "backup") throw new Fault("bug", `job ${job.id} is not a backup`);
  return job.request;
}

async function reachFor(running: Running): Promise<ReachedResource> {
  const { deps, job, work } = running;
  const { resourceId } = job;
  if (resourceId === null) throw new Fault("bug", `job ${job.id} has no resource`);
  return await untilReachable(running, () =>
    deps.reach.resource(resourceId, { tag: job.id, signal: work.signal }),
  );
}

/** Asked again before the first byte: a store may have been added since, and only the server knows where links lead. */
async function requireApartThere(
  { deps, work: { signal } }: Running,
  { row, server, engine, reach }: ReachedResource,
): Promise<void> {
  await requireApart(deps.db, { server, engine, paths: pathsIn(row.config) }, async (path) => {
    const real = await reach.server.run({ argv: ["readlink", "-f", "--", path] }, { signal });
    // What is not there yet leads nowhere.
    return real.code === 0 ? real.stdout.trimEnd() : path;
  });
}

/** The job tells every backup that it made, those that nobody knew of when it was asked for too. */
async function rememberRows({ deps, job }: Running): Promise<void> {
  const backupIds = (await backupsOfJob(deps.db, job.id)).map((row) => row.id);
  await deps.db.update(jobs).set({ backupIds }).where(mine(job));
}

/** Takes one archive and writes its row's end. Resolves with the failure, if any; rejects when the whole job is to stop. */
async function takeOne(running: Running, taking: Taking, row: BackupRow): Promise<unknown> {
  try {
    await takeArchive(running, taking, row);
    await expireAfter(running, row);
    return undefined;
  } catch (error) {
    const fault = toFault(error);
    if (running.work.signal.aborted || isLettingGo(running.work, fault)) throw fault;
    await failOpenRow(running, row.id, fault);
    running.deps.log.warn(
      { backupId: row.id, unit: row.unit, code: fault.code, err: fault.cause },
      "backup failed",
    );
    return fault;
  }
}

function failedBefore(rows: readonly BackupRow[], missing: readonly string[]): readonly Fault[] {
  const failed = rows.filter((row) => row.status === "failed" && !missing.includes(row.unit));
  return failed.map(({ error, unit }) =>
    error === null ? new Fault("dump.failed", `the backup of ${unit} failed`) : openFault(error),
  );
}

/** How many archives the run was to make. */
async function unitsIn({ deps, job }: Running, missing: readonly string[]): Promise<number> {
  const rows = await backupsOfJob(deps.db, job.id);
  return new Set([...rows.map((row) => row.unit), ...missing]).size;
}

function partly(failures: readonly unknown[], of: number): Fault {
  const first = toFault(failures[0]);
  if (of === 1) return first;
  return new Fault(first.code, `${failures.length} of ${of} backups failed; the first: ${first.message}`, {
    ...(first.hint === undefined ? {} : { hint: first.hint }),
    cause: first,
    context: first.context,
  });
}
