/** What tells whether a new backup may have lost what its forerunners held. */
export interface Weighed {
  /** At rest; null when unknown. */
  readonly bytes: number | null;
  /** How many things were counted: tables, databases of a Redis, paths. Null when nothing was. */
  readonly tables: number | null;
  /** All that was counted, in sum: rows, keys, files. Null when nothing was. */
  readonly rows: number | null;
}

/** Why a backup is suspicious, with the values for the sentence. */
export type Suspicion =
  | { readonly code: "empty" }
  | { readonly code: "emptied"; readonly rowsBefore: number }
  | { readonly code: "tables-lost"; readonly tables: number; readonly tablesBefore: number }
  | { readonly code: "shrunken"; readonly bytes: number; readonly medianBytes: number };

/** With this many forerunners a backup is compared. */
const FORERUNNERS = 5;
const SHRUNKEN_SHARE = 0.5;

/**
 * Compares a backup with the complete ones before it, newest first; only the first five count, so that a change that was meant stops being
 * suspicious by itself after five more backups.
 */
export function suspicionOf(newest: Weighed, before: readonly Weighed[]): Suspicion | null {
  const forerunners = before.slice(0, FORERUNNERS);
  if (newest.bytes === 0) return { code: "empty" };
  const rowsBefore = most(forerunners.map(({ rows }) => rows));
  if (newest.rows === 0 && rowsBefore > 0) return { code: "emptied", rowsBefore };
  const tablesBefore = most(forerunners.map(({ tables }) => tables));
  if (newest.tables !== null && newest.tables < tablesBefore) {
    return { code: "tables-lost", tables: newest.tables, tablesBefore };
  }
  const medianBytes = median(known(forerunners.map(({ bytes }) => bytes)));
  if (newest.bytes === null || medianBytes === null || newest.bytes >= medianBytes * SHRUNKEN_SHARE)
    return null;
  return { code: "shrunken", bytes: newest.bytes, medianBytes };
}

function most(values: readonly (number | null)[]): number {
  return Math.max(0, ...known(values));
}

function known(values: readonly (number | null)[]): number[] {
  return values.filter((value) => value !== null);
}

/** The lower of the two in the middle when their number is even: the milder judgement. */
function median(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? null;
}
