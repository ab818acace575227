import type { KeepableBackup, Weighed } from "@cofre/core";
import type { BackupRow } from "./rows.ts";

type Counted = { readonly counts?: Readonly<Record<string, number>> | undefined };

/** What tells whether a backup may have lost something. */
export function weighed(bytes: number | null, units: readonly Counted[]): Weighed {
  const counts = units.flatMap((unit) => (unit.counts === undefined ? [] : [Object.values(unit.counts)]));
  if (counts.length === 0) return { bytes, tables: null, rows: null };
  const values = counts.flat();
  return { bytes, tables: values.length, rows: values.reduce((sum, value) => sum + value, 0) };
}

/** A row as retention sees it. */
export function keepable(row: BackupRow): KeepableBackup {
  return {
    ...weighed(row.sizeBytes, row.units),
    id: row.id,
    resourceId: row.resourceId,
    unit: row.unit,
    status: row.status,
    origin: row.origin,
    at: row.startedAt ?? row.createdAt,
    pinned: row.pinned,
    provenAt:
      row.validation?.depth === "restorable" && row.validation.ok ? new Date(row.validation.at) : null,
    isDamaged: row.validation?.ok === false,
    isAccepted: row.acceptedAt !== null,
    lockedUntil: null,
  };
}
