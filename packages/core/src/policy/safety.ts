import type { ResourceStatus, SafetyState } from "../model/backup.ts";
import type { FaultCode } from "../model/fault.ts";
import { lastDue, nextRuns } from "./due.ts";
import type { Schedule } from "./schedule.ts";
import type { Suspicion } from "./suspicion.ts";

/** The newest complete backup of one unit. */
export interface NewestBackup {
  readonly unit: string;
  /** The moment that its data shows: the start of the dump. */
  readonly at: Date;
  readonly bytes: number;
  /** Whether at least one copy would outlive the resource's own server. */
  readonly place: "own-server" | "elsewhere";
  /** When this very backup was restored and counted. */
  readonly provenAt: Date | null;
  readonly suspicion: Suspicion | null;
}

export interface SafetyFacts {
  readonly status: ResourceStatus;
  /** One for each unit that the resource has now and that has a complete backup. */
  readonly newest: readonly NewestBackup[];
  /** Units that the resource has now, without any complete backup. */
  readonly unitsWithout: readonly string[];
  /** Null when there is none or it is switched off. */
  readonly schedule: (Schedule & { readonly since: Date }) | null;
  /** A backup is being taken now. */
  readonly isRunning: boolean;
  /** The newest attempt that failed; a cancelled one is no failure. */
  readonly lastFailure: { readonly at: Date; readonly code: FaultCode } | null;
  /** How long a proof is worth something. */
  readonly proofDays: number;
}

/** Why, with the values for a sentence. */
export type SafetyReason =
  | { readonly code: "fresh"; readonly at: Date; readonly bytes: number; readonly nextAt: Date | null }
  | { readonly code: "tried"; readonly at: Date; readonly provenAt: Date; readonly nextAt: Date | null }
  | { readonly code: "failing"; readonly at: Date | null; readonly failedAt: Date; readonly fault: FaultCode }
  | { readonly code: "suspicious"; readonly at: Date; readonly unit: string; readonly suspicion: Suspicion }
  | { readonly code: "overdue"; readonly at: Date; readonly dueAt: Date }
  | { readonly code: "units-without"; readonly units: readonly string[] }
  | { readonly code: "no-schedule"; readonly at: Date }
  | { readonly code: "never" }
  | { readonly code: "gone"; readonly at: Date | null };

export type SafetyStep =
  | "none"
  | "keep-a-copy-elsewhere"
  | "fix-the-failure"
  | "look-at-the-backup"
  | "take-a-backup"
  | "set-a-schedule"
  | "find-the-resource";

export interface Safety {
  readonly state: SafetyState;
  readonly reason: SafetyReason;
  readonly nextStep: SafetyStep;
}

const DAY_MS = 86_400_000;
/** A run may wait in the queue and take its time before it counts as overdue. */
const GRACE_MS = 30 * 60_000;

/** The one answer to "am I safe?". The worst unit decides, and of several troubles the one to be dealt with first. */
export function safetyOf(facts: SafetyFacts, now: Date): Safety {
  const oldest = facts.newest.toSorted((a, b) => a.at.getTime() - b.at.getTime())[0];
  if (facts.status === "missing") {
    return { state: "away", reason: { code: "gone", at: oldest?.at ?? null }, nextStep: "find-the-resource" };
  }
  if (oldest === undefined) return unprotected(facts);
  return atRisk(facts, oldest, now) ?? safe(facts, oldest, now);
}

function unprotected({ lastFailure }: SafetyFacts): Safety {
  if (lastFailure === null)
    return { state: "unprotected", reason: { code: "never" }, nextStep: "take-a-backup" };
  return { state: "unprotected", reason: failing(lastFailure, null), nextStep: "fix-the-failure" };
}

function atRisk(facts: SafetyFacts, oldest: NewestBackup, now: Date): Safety | undefined {
  const { lastFailure, newest, unitsWithout, schedule } = facts;
  if (lastFailure !== null && (lastFailure.at > oldest.at || unitsWithout.length > 0)) {
    return risk(failing(lastFailure, oldest.at), "fix-the-failure");
  }
  const doubtful = newest.find(({ suspicion }) => suspicion !== null);
  if (doubtful?.suspicion) {
    const { at, unit, suspicion } = doubtful;
    return risk({ code: "suspicious", at, unit, suspicion }, "look-at-the-backup");
  }
  const dueAt = overdueSince(facts, oldest, now);
  if (dueAt !== undefined) return risk({ code: "overdue", at: oldest.at, dueAt }, "take-a-backup");
  if (unitsWithout.length > 0) return risk({ code: "units-without", units: unitsWithout }, "take-a-backup");
  if (schedule === null) return risk({ code: "no-schedule", at: oldest.at }, "set-a-schedule");
  return undefined;
}

function safe({ newest, schedule, proofDays }: SafetyFacts, oldest: NewestBackup, now: Date): Safety {
  const nextAt = schedule === null ? null : (nextRuns(schedule, now, 1)[0] ?? null);
  const provenAt = provenSince(newest);
  if (provenAt !== undefined && now.getTime() - provenAt.getTime() <= proofDays * DAY_MS) {
    return { state: "proven", reason: { code: "tried", at: oldest.at, provenAt, nextAt }, nextStep: "none" };
  }
  const bytes = newest.reduce((sum, backup) => sum + backup.bytes, 0);
  const reason: SafetyReason = { code: "fresh", at: oldest.at, bytes, nextAt };
  const isLocal = newest.some(({ place }) => place === "own-server");
  if (isLocal) return { state: "local-only", reason, nextStep: "keep-a-copy-elsewhere" };
  return { state: "protected", reason, nextStep: "none" };
}

/** The oldest of the proofs when every unit has one. */
function provenSince(newest: readonly NewestBackup[]): Date | undefined {
  const proofs = newest.map(({ provenAt }) => provenAt).filter((provenAt) => provenAt !== null);
  if (proofs.length < newest.length) return undefined;
  return proofs.toSorted((a, b) => a.getTime() - b.getTime())[0];
}

function overdueSince(
  { schedule, isRunning }: SafetyFacts,
  oldest: NewestBackup,
  now: Date,
): Date | undefined {
  if (schedule === null || isRunning) return undefined;
  const dueAt = lastDue(schedule, new Date(now.getTime() - GRACE_MS));
  return dueAt !== undefined && dueAt > oldest.at && dueAt > schedule.since ? dueAt : undefined;
}

function failing({ at, code }: NonNullable<SafetyFacts["lastFailure"]>, newestAt: Date | null): SafetyReason {
  return { code: "failing", at: newestAt, failedAt: at, fault: code };
}

function risk(reason: SafetyReason, nextStep: SafetyStep): Safety {
  return { state: "at-risk", reason, nextStep };
}
