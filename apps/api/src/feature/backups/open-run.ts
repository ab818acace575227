import type { Engine } from "@cofre/core";
import { newId } from "../../db/columns.ts";
import type { Database } from "../../db/database.ts";
import { backups } from "../../db/schema/backups.ts";
import type { Requester } from "../../db/schema/jobs.ts";
import type { Deps } from "../../deps.ts";
import type { ResourceRow } from "../../reach/reach.ts";
import type { JobOrder, JobRow } from "../../work/queue-contract.ts";
import { ANY_UNIT } from "../../work/taking.ts";
import { keysFor } from "../encryption/choose.ts";
import type { BackupRow } from "./rows.ts";

/** One act of backing a resource up, by hand or by schedule. */
export interface Run {
  readonly resource: ResourceRow;
  readonly engine: Engine;
  readonly storeId: string;
  readonly origin: "manual" | "schedule";
  /** Empty means everything. */
  readonly units: readonly string[];
  readonly requestedBy: Requester;
  readonly userId: string | null;
  readonly codec?: string;
  readonly format?: string;
  /** See CreateBackup; absent does what was chosen for the resource. */
  readonly encrypt?: boolean | string;
  readonly note?: string;
}

export interface OpenedRun {
  readonly runId: string;
  readonly rows: readonly BackupRow[];
  readonly job: JobRow;
}

/** Writes the run's backups and its job in the caller's transaction: none is there without the others. */
export async function openRun(tx: Database, deps: Pick<Deps, "queue" | "now">, run: Run): Promise<OpenedRun> {
  const runId = newId(deps.now());
  const keyIds = await keysFor(tx, run.resource, run.encrypt);
  const drafts = unitsOf(run).map((unit) => ({ id: newId(deps.now()), unit }));
  const job = await deps.queue.enqueue(
    tx,
    orderOf(run, { runId, keyIds, backupIds: drafts.map((draft) => draft.id) }),
  );
  const common = { ...commonOf(run), runId, jobId: job.id, createdAt: deps.now() };
  const rows = await tx
    .insert(backups)
    .values(drafts.map((draft) => ({ ...common, ...draft })))
    .returning();
  return { runId, rows, job };
}

interface Ordered {
  readonly runId: string;
  readonly keyIds: readonly string[];
  readonly backupIds: readonly string[];
}

function orderOf(run: Run, { runId, keyIds, backupIds }: Ordered): JobOrder {
  const { resource } = run;
  return {
    organizationId: resource.organizationId,
    projectId: resource.projectId,
    serverId: resource.serverId,
    resourceId: resource.id,
    kind: "backup",
    backupIds,
    request: {
      kind: "backup",
      runId,
      storeId: run.storeId,
      units: run.units,
      ...(run.codec === undefined ? {} : { codec: run.codec }),
      ...(run.format === undefined ? {} : { format: run.format }),
      ...(keyIds.length === 0 ? {} : { keyIds }),
    },
    requestedBy: run.requestedBy,
  };
}

/** What every backup of the run has in common. */
function commonOf({ resource, engine, storeId, userId, origin, format, note }: Run) {
  return {
    organizationId: resource.organizationId,
    projectId: resource.projectId,
    resourceId: resource.id,
    storeId,
    userId,
    origin,
    type: engine.kind,
    engine: engine.id,
    format: format ?? null,
    note: note ?? null,
  };
}

/** One archive for each unit; one of all where the engine combines them, or where nobody has looked yet what is there. */
function unitsOf({ engine, units, resource }: Run): readonly string[] {
  if (engine.capabilities.combinesUnits) return [units.length === 1 ? (units[0] ?? ANY_UNIT) : ANY_UNIT];
  const wanted = units.length > 0 ? [...new Set(units)] : (resource.units ?? []).map((unit) => unit.name);
  return wanted.length > 0 ? wanted : [ANY_UNIT];
}
