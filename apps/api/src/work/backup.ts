import { Fault, type Inspection, toFault } from "@cofre/core/model";
import { eq } from "drizzle-orm";
import { newId } from "../db/columns.ts";
import { openFault } from "../db/kept-fault.ts";
import { backups } from "../db/schema/backups.ts";
import { jobs } from "../db/schema/jobs.ts";
import { resources } from "../db/schema/resources.ts";
import { pathsIn } from "../feature/resources/allowed-paths.ts";
import { requireApart } from "../feature/resources/own-store.ts";
import type { ReachedResource } from "../reach/reach.ts";
import { expireAfter } from "./expire.ts";
import type { BackupJob } from "./job-request.ts";
import { betweenHooks } from "./hooks.ts";
import { mine } from "./lease.ts";
import { type BackupRow, backupsOfJob } from "./rows.ts";
import { isLettingGo, type Running } from "./running.ts";
import { ANY_UNIT, failOpenRow, type Taking, takeArchive } from "./taking.ts";
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
  const { planned, missing } = await planRows(running, reached, rows);
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

interface Planned {
  readonly planned: readonly BackupRow[];
  /** Units that were asked for by name and are not there. */
  readonly missing: readonly string[];
}

/**
 * The rows that are still to be taken. Asked for nothing in particular, a run covers what is there now: databases made since the
 * catalogue last looked get rows of their own, rows of databases that are gone are told so.
 */
async function planRows(
  running: Running,
  reached: ReachedResource,
  rows: readonly BackupRow[],
): Promise<Planned> {
  const { deps } = running;
  const request = backupRequest(running);
  running.work.report({ phase: "checking" });
  const inspection = await reached.engine.inspect(reached.reach);
  await rememberInspection(running, reached, inspection);
  const names = inspection.units.map((unit) => unit.name);
  const wanted = request.units.length > 0 ? request.units : names;
  if (wanted.length === 0)
    throw new Fault("target.missing", "there is nothing to back up in this resource yet");
  const missing = wanted.filter((unit) => !names.includes(unit));
  const open = rows.filter((row) => row.status === "pending" || row.status === "running");
  if (reached.engine.capabilities.combinesUnits) {
    if (missing.length > 0) throw gone(missing);
    return { planned: open.slice(0, 1), missing };
  }
  const planned = await rowsPerUnit(
    running,
    open,
    wanted.filter((unit) => names.includes(unit)),
  );
  for (const row of open) {
    if (planned.some((one) => one.id === row.id)) continue;
    if (request.units.length > 0) await failOpenRow(running, row.id, gone([row.unit]));
    else await deps.db.delete(backups).where(eq(backups.id, row.id));
  }
  return { planned, missing };
}

async function rowsPerUnit(
  running: Running,
  open: readonly BackupRow[],
  units: readonly string[],
): Promise<readonly BackupRow[]> {
  const { deps, job } = running;
  const taken = new Set(
    (await backupsOfJob(deps.db, job.id))
      .filter((row) => !open.some(({ id }) => id === row.id))
      .map((row) => row.unit),
  );
  const planned: BackupRow[] = [];
  const placeholder = open.find((row) => row.unit === ANY_UNIT);
  for (const unit of units.filter((name) => !taken.has(name))) {
    const own = open.find((row) => row.unit === unit);
    planned.push(
      own ?? (await rowFor(running, { unit, placeholder: planned.length === 0 ? placeholder : undefined })),
    );
  }
  return planned;
}

async function rowFor(
  { deps, job }: Running,
  { unit, placeholder }: { readonly unit: string; readonly placeholder: BackupRow | undefined },
): Promise<BackupRow> {
  if (placeholder !== undefined) {
    const named = await deps.db
      .update(backups)
      .set({ unit })
      .where(eq(backups.id, placeholder.id))
      .returning();
    return one(named);
  }
  const [pattern] = await backupsOfJob(deps.db, job.id);
  if (pattern === undefined) throw new Fault("bug", `job ${job.id} has no backup`);
  const { id: _id, createdAt: _at, updatedAt: _updated, ...same } = pattern;
  const copy = { ...same, id: newId(deps.now()), unit, units: [], status: "pending" as const, error: null };
  const cleared = {
    storeKey: null,
    filename: null,
    filepath: null,
    sizeBytes: null,
    sha256: null,
    manifest: null,
  };
  const fresh = {
    manifestKey: null,
    completedAt: null,
    startedAt: null,
    engineVersion: null,
    stages: [],
    warnings: [],
  };
  return one(
    await deps.db
      .insert(backups)
      .values({ ...copy, ...cleared, ...fresh })
      .returning(),
  );
}

function one(rows: readonly BackupRow[]): BackupRow {
  const [row] = rows;
  if (row === undefined) throw new Fault("bug", "the backup's row was not written");
  return row;
}

/** The job tells every backup that it made, those that nobody knew of when it was asked for too. */
async function rememberRows({ deps, job }: Running): Promise<void> {
  const backupIds = (await backupsOfJob(deps.db, job.id)).map((row) => row.id);
  await deps.db.update(jobs).set({ backupIds }).where(mine(job));
}

async function rememberInspection(
  { deps }: Running,
  { row }: ReachedResource,
  inspection: Inspection,
): Promise<void> {
  await deps.db
    .update(resources)
    .set({
      version: inspection.version,
      units: [...inspection.units],
      inspectedAt: deps.now(),
      inspectFault: null,
    })
    .where(eq(resources.id, row.id));
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

function gone(units: readonly string[]): Fault {
  return new Fault("target.missing", `${units.join(", ")} is not in this resource`, {
    hint: "Look whether it was renamed or dropped; back up what is there now.",
  });
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
