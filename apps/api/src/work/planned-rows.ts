import { Fault, type Inspection } from "@cofre/core/model";
import { newId } from "../db/columns.ts";
import { eq } from "../db/orm.ts";
import { backups } from "../db/schema/backups.ts";
import { resources } from "../db/schema/resources.ts";
import type { ReachedResource } from "../reach/reach.ts";
import { type BackupRow, backupsOfJob } from "./rows.ts";
import type { Running } from "./running.ts";
import { ANY_UNIT, failOpenRow } from "./taking.ts";

/** What a run was asked for: these units of this resource, everything when empty. */
interface Wanted {
  readonly reached: ReachedResource;
  readonly units: readonly string[];
}

/** The rows of a run. */
export interface Planned {
  readonly planned: readonly BackupRow[];
  /** Units that were asked for by name and are not there. */
  readonly missing: readonly string[];
}

/**
 * The rows that are still to be taken. Asked for nothing in particular, a run covers what is there now: databases made since the
 * catalogue last looked get rows of their own, rows of databases that are gone are told so.
 */
export async function planRows(
  running: Running,
  { reached, units }: Wanted,
  rows: readonly BackupRow[],
): Promise<Planned> {
  const { deps } = running;
  running.work.report({ phase: "checking" });
  const inspection = await reached.engine.inspect(reached.reach);
  await rememberInspection(running, reached, inspection);
  const names = inspection.units.map((unit) => unit.name);
  const wanted = units.length > 0 ? units : names;
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
    if (units.length > 0) await failOpenRow(running, row.id, gone([row.unit]));
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

/** For units that were asked for by name. */
export function gone(units: readonly string[]): Fault {
  return new Fault("target.missing", `${units.join(", ")} is not in this resource`, {
    hint: "Look whether it was renamed or dropped; back up what is there now.",
  });
}
