import type { Listed } from "../engine/s3-list.ts";

/** Why an object and its copy are not the same; `extra` is at the destination alone. */
export type Difference = "missing" | "size" | "content" | "properties" | "extra";

/** One object that differed when it was looked at. */
export interface Differing {
  /** Bucket and key at the source. */
  readonly key: string;
  readonly why: Difference;
  /** Copied or deleted by this run; else it differs still. */
  readonly isSettled: boolean;
  /** Why it was left, where there is more to say. */
  readonly said: string | null;
}

/** What one run of a sync saw and did. */
export interface SyncReport {
  /** Of the source: objects and bytes that were listed. */
  readonly objects: number;
  readonly bytes: number;
  readonly copied: number;
  readonly copiedBytes: number;
  readonly deleted: number;
  /** How many differ still. */
  readonly unsettled: number;
  /** Those that differ still first; see MOST_SHOWN. */
  readonly differing: readonly Differing[];
  readonly warnings: readonly string[];
}

/** So many of those that differ still are named, and so many of those that were settled. */
const MOST_SHOWN = 200;

/** Counts while a run goes on. */
export interface SyncTally {
  seen(one: Listed): void;
  copied(key: string, why: Difference, bytes: number): void;
  deleted(key: string): void;
  left(key: string, why: Difference, said?: string): void;
  warn(text: string): void;
  copiedBytes(): number;
  report(): SyncReport;
}

export function syncTally(): SyncTally {
  const counts = { objects: 0, bytes: 0, copied: 0, copiedBytes: 0, deleted: 0, unsettled: 0 };
  const settled: Differing[] = [];
  const unsettled: Differing[] = [];
  const warnings: string[] = [];
  const note = (list: Differing[], one: Differing) => {
    if (list.length < MOST_SHOWN) list.push(one);
  };
  return {
    seen: ({ bytes }) => {
      counts.objects += 1;
      counts.bytes += bytes;
    },
    copied: (key, why, bytes) => {
      counts.copied += 1;
      counts.copiedBytes += bytes;
      note(settled, { key, why, isSettled: true, said: null });
    },
    deleted: (key) => {
      counts.deleted += 1;
      note(settled, { key, why: "extra", isSettled: true, said: null });
    },
    left: (key, why, said) => {
      counts.unsettled += 1;
      note(unsettled, { key, why, isSettled: false, said: said ?? null });
    },
    warn: (text) => warnings.push(text),
    copiedBytes: () => counts.copiedBytes,
    report: () => ({ ...counts, differing: [...unsettled, ...settled], warnings: [...warnings] }),
  };
}
