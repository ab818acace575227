import type { ActorContext } from "../../trpc/procedures.ts";
import { isBeingRemoved } from "../../work/removal.ts";
import { absent } from "../absent.ts";
import { toFaultView } from "../fault-view.ts";
import { cutPage, DEFAULT_LIMIT, type Page } from "../page.ts";
import { findResource } from "../resources/get.ts";
import { type BackupRow, selectBackup, selectBackups } from "./rows.ts";
import type { BackupView, ListBackups, OfBackup } from "./view.ts";

type Asked = Pick<ActorContext, "deps" | "actor">;

/** @throws Fault `not.found` */
export async function findBackup({ deps, actor }: Asked, input: OfBackup): Promise<BackupRow> {
  const row = await selectBackup(deps.db, actor, input);
  if (row === undefined) throw absent("backup");
  return row;
}

export async function getBackup(asked: Asked, input: OfBackup): Promise<BackupView> {
  return toBackupView(await findBackup(asked, input));
}

export async function listBackups(asked: Asked, input: ListBackups): Promise<Page<BackupView>> {
  await findResource(asked, input.resourceId);
  const rows = await selectBackups(asked.deps.db, asked.actor, input);
  const { items, nextCursor } = cutPage(rows, input.limit ?? DEFAULT_LIMIT);
  return { items: items.map(toBackupView), nextCursor };
}

export function toBackupView(row: BackupRow): BackupView {
  return {
    id: row.id,
    runId: row.runId,
    projectId: row.projectId,
    resourceId: row.resourceId,
    userId: row.userId,
    storeId: row.storeId,
    unit: row.unit,
    type: row.type,
    dbType: row.type === "database" ? row.engine : null,
    engineVersion: row.engineVersion,
    filename: row.filename,
    filepath: row.filepath,
    size: row.sizeBytes,
    ...timesOf(row),
    status: row.status,
    error: toFaultView(row.error),
    origin: row.origin,
    sha256: row.sha256,
    format: row.format,
    stages: [...row.stages],
    units: row.units.map(({ name, counts }) => ({
      name,
      ...(counts === undefined ? {} : { counts: { ...counts } }),
    })),
    validation: validationOf(row),
    pinned: row.pinned,
    note: row.note,
    suspicion: row.suspicion,
    warnings: [...row.warnings],
    jobId: row.jobId,
    deleting: isBeingRemoved(row),
  };
}

function timesOf(row: BackupRow) {
  return {
    createdAt: row.createdAt.toISOString(),
    startedAt: row.startedAt?.toISOString() ?? null,
    completedAt: row.completedAt?.toISOString() ?? null,
    acceptedAt: row.acceptedAt?.toISOString() ?? null,
  };
}

function validationOf({ validation }: BackupRow): BackupView["validation"] {
  if (validation === null) return null;
  const { depth, ok, at, fault } = validation;
  return { depth, ok, at, error: toFaultView(fault) };
}
