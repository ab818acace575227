import type { BackupOrigin, BackupStatus } from "../model/backup.ts";
import { Fault } from "../model/fault.ts";
import { type Suspicion, suspicionOf, type Weighed } from "./suspicion.ts";

/** What retention must know of a backup. */
export interface KeepableBackup extends Weighed {
  readonly id: string;
  readonly resourceId: string;
  /** Name of its unit, or one name for all where the engine combines them. */
  readonly unit: string;
  readonly status: BackupStatus;
  readonly origin: BackupOrigin;
  /** The moment that its data shows: the start of the dump. */
  readonly at: Date;
  readonly pinned: boolean;
  /** When it was really restored and counted. */
  readonly provenAt: Date | null;
  /** The last validation found it damaged. */
  readonly isDamaged: boolean;
  /** Somebody looked at it and said that it is as it should be. */
  readonly isAccepted: boolean;
  /** Its store lets nobody remove it before; null when nothing holds it, or nobody asked yet. */
  readonly lockedUntil: Date | null;
}

/** A backup is kept when either rule keeps it. Null switches a rule off; both off keep everything. */
export interface KeepRules {
  readonly keepLast: number | null;
  readonly keepDays: number | null;
}

/** Backups taken before a restore have a rule of their own. */
export const SAFETY_RULE = { keepLast: 3, keepHours: 24 } as const;

export type KeepReason =
  | { readonly code: "pinned" | "upload" | "damaged" | "newest-good" | "newest-proven" | "no-rule" }
  | { readonly code: "not-complete"; readonly status: BackupStatus }
  | { readonly code: "within-last"; readonly rank: number; readonly keepLast: number }
  | { readonly code: "within-days"; readonly ageDays: number; readonly keepDays: number }
  /** It would go, but its store lets nobody remove it yet. */
  | { readonly code: "locked"; readonly until: Date }
  | { readonly code: "safety-recent"; readonly ageHours: number; readonly keepHours: number }
  /** It would go, but the newest backup of its unit looks wrong: nothing is removed until that is cleared up. */
  | { readonly code: "frozen"; readonly suspicion: Suspicion; readonly newestId: string };

export interface RemoveReason {
  readonly code: "beyond-rules" | "safety-expired";
  /** 1 is the newest of its unit. */
  readonly rank: number;
  readonly ageDays: number;
}

export type KeepVerdict =
  | { readonly id: string; readonly keep: true; readonly reason: KeepReason }
  | { readonly id: string; readonly keep: false; readonly reason: RemoveReason };

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

/** Throws `input.invalid` unless each rule is off or a whole number from 1. */
export function checkKeepRules(rules: KeepRules): void {
  for (const [name, value] of [
    ["keepLast", rules.keepLast],
    ["keepDays", rules.keepDays],
  ] as const) {
    if (value === null || (Number.isSafeInteger(value) && value >= 1)) continue;
    throw new Fault("input.invalid", `${name} is ${value}, which keeps nothing`, {
      hint: "Give a whole number from 1, or leave the rule out.",
    });
  }
}

/**
 * What is kept and what may go, with the reason for each, in the order given. Counts per resource and unit. Failed, unfinished and
 * damaged backups do not count and are not judged here; uploads and safety backups push nothing out and are pushed out by nothing but
 * their own rule; pinned backups, the newest good one and the newest proven one stay whatever the rules say.
 */
export function keep(backups: readonly KeepableBackup[], rules: KeepRules, now: Date): KeepVerdict[] {
  checkKeepRules(rules);
  const verdicts = new Map<string, KeepVerdict>();
  for (const group of Map.groupBy(backups, ({ resourceId, unit }) =>
    JSON.stringify([resourceId, unit]),
  ).values()) {
    for (const verdict of judgeUnit(group, rules, now)) verdicts.set(verdict.id, verdict);
  }
  return backups.flatMap(({ id }) => verdicts.get(id) ?? []);
}

function judgeUnit(backups: readonly KeepableBackup[], rules: KeepRules, now: Date): KeepVerdict[] {
  const good = backups
    .filter(({ status, isDamaged }) => status === "completed" && !isDamaged)
    .sort(newestFirst);
  const regular = good.filter(({ origin }) => origin === "manual" || origin === "schedule");
  const safety = good.filter(({ origin }) => origin === "safety");
  const spared = sparedOf(regular, safety);
  const freeze = freezeBy(regular);
  return backups.map((backup) => {
    const isSafety = backup.origin === "safety";
    const rank = (isSafety ? safety : regular).indexOf(backup) + 1;
    const ageMs = now.getTime() - backup.at.getTime();
    const ruled = () => (isSafety ? bySafetyRule(rank, ageMs) : byRules(rules, rank, ageMs));
    const reason = standing(backup) ?? spared.get(backup) ?? ruled() ?? freeze ?? lockOf(backup, now);
    if (reason !== undefined) return { id: backup.id, keep: true, reason };
    const code = isSafety ? "safety-expired" : "beyond-rules";
    return { id: backup.id, keep: false, reason: { code, rank, ageDays: whole(ageMs, DAY_MS) } };
  });
}

/** What stays whatever the rules say. A proven upload or safety backup does not replace a proven backup of the schedule. */
function sparedOf(
  regular: readonly KeepableBackup[],
  safety: readonly KeepableBackup[],
): ReadonlyMap<KeepableBackup, KeepReason> {
  const spared = new Map<KeepableBackup, KeepReason>();
  const newestGood = regular[0] ?? safety[0];
  const isProven = ({ provenAt }: KeepableBackup) => provenAt !== null;
  const newestProven = regular.find(isProven) ?? safety.find(isProven);
  if (newestProven !== undefined) spared.set(newestProven, { code: "newest-proven" });
  if (newestGood !== undefined) spared.set(newestGood, { code: "newest-good" });
  return spared;
}

/** What a backup is kept for by itself, whatever the others are. */
function standing(backup: KeepableBackup): KeepReason | undefined {
  if (backup.pinned) return { code: "pinned" };
  if (backup.status !== "completed") return { code: "not-complete", status: backup.status };
  if (backup.isDamaged) return { code: "damaged" };
  return backup.origin === "upload" ? { code: "upload" } : undefined;
}

function byRules({ keepLast, keepDays }: KeepRules, rank: number, ageMs: number): KeepReason | undefined {
  if (keepLast === null && keepDays === null) return { code: "no-rule" };
  if (keepLast !== null && rank <= keepLast) return { code: "within-last", rank, keepLast };
  const isYoung = keepDays !== null && ageMs <= keepDays * DAY_MS;
  return isYoung ? { code: "within-days", ageDays: whole(ageMs, DAY_MS), keepDays } : undefined;
}

function bySafetyRule(rank: number, ageMs: number): KeepReason | undefined {
  const { keepLast, keepHours } = SAFETY_RULE;
  if (rank <= keepLast) return { code: "within-last", rank, keepLast };
  const isYoung = ageMs <= keepHours * HOUR_MS;
  return isYoung ? { code: "safety-recent", ageHours: whole(ageMs, HOUR_MS), keepHours } : undefined;
}

function freezeBy(regular: readonly KeepableBackup[]): KeepReason | undefined {
  const [newest, ...before] = regular;
  if (newest === undefined || newest.isAccepted) return undefined;
  const suspicion = suspicionOf(newest, before);
  return suspicion === null ? undefined : { code: "frozen", suspicion, newestId: newest.id };
}

function lockOf({ lockedUntil }: KeepableBackup, now: Date): KeepReason | undefined {
  return lockedUntil !== null && lockedUntil > now ? { code: "locked", until: lockedUntil } : undefined;
}

/** Equal times are ordered by id, so that two calls never differ. */
function newestFirst(a: KeepableBackup, b: KeepableBackup): number {
  return b.at.getTime() - a.at.getTime() || (a.id < b.id ? 1 : -1);
}

function whole(ms: number, unitMs: number): number {
  return Math.max(0, Math.floor(ms / unitMs));
}
