import type { Manifest } from "@cofre/core";
import type { BackupRow } from "./rows.ts";

const LOOKED_BACK = 5;
const FAR_SMALLER = 0.5;

/**
 * Why a backup that completed looks wrong all the same; null when it does not. `earlier`: completed backups of the same unit, newest
 * first.
 */
export function suspicionOf(manifest: Manifest, earlier: readonly BackupRow[]): string | null {
  const before = earlier.slice(0, LOOKED_BACK);
  const [newest] = before;
  if (newest === undefined) return null;
  const tables = tablesIn(manifest.units);
  const tablesBefore = tablesIn(newest.units);
  if (tables === 0 && tablesBefore > 0) return "empty";
  if (tables < tablesBefore * FAR_SMALLER) return "fewer-tables";
  const sizes = before.flatMap((row) => row.sizeBytes ?? []).sort((a, b) => a - b);
  const median = sizes[Math.floor(sizes.length / 2)];
  if (median !== undefined && manifest.archive.bytes < median * FAR_SMALLER) return "far-smaller";
  return null;
}

function tablesIn(units: readonly { readonly counts?: Readonly<Record<string, number>> }[]): number {
  return units.reduce((sum, unit) => sum + Object.keys(unit.counts ?? {}).length, 0);
}
