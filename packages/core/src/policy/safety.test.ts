import { describe, expect, test } from "vitest";
import { type NewestBackup, type SafetyFacts, safetyOf } from "./safety.ts";
import { safetySentences } from "./safety-text.ts";
import type { Schedule } from "./schedule.ts";

const NOW = new Date("2026-02-09T18:30:00Z");
const DAILY: Schedule = { preset: "daily", at: "03:00", timeZone: "America/Sao_Paulo" };

function hoursAgo(hours: number): Date {
  return new Date(NOW.getTime() - hours * 3_600_000);
}

function newest(more: Partial<NewestBackup> = {}): NewestBackup {
  return {
    unit: "shop",
    at: hoursAgo(12),
    bytes: 2_512_345,
    place: "elsewhere",
    provenAt: null,
    suspicion: null,
    ...more,
  };
}

function facts(more: Partial<SafetyFacts> = {}): SafetyFacts {
  return {
    status: "running",
    newest: [newest()],
    unitsWithout: [],
    schedule: { ...DAILY, since: hoursAgo(1_000) },
    isRunning: false,
    lastFailure: null,
    proofDays: 30,
    ...more,
  };
}

interface Case {
  readonly when: string;
  readonly facts: Partial<SafetyFacts>;
  readonly state: string;
  readonly reason: string;
  readonly says: RegExp;
}

const FAILED = { at: hoursAgo(1), code: "target.auth" } as const;
const SMALL = { code: "shrunken", bytes: 1_000, medianBytes: 2_000_000_000 } as const;

const CASES: readonly Case[] = [
  {
    when: "complete and elsewhere",
    facts: {},
    state: "protected",
    reason: "fresh",
    says: /^Last backup 12 hours ago, 2\.5 MB\. Next at 2026-02-10 06:00 UTC\.$/,
  },
  {
    when: "complete, on its own server",
    facts: { newest: [newest({ place: "own-server" })] },
    state: "local-only",
    reason: "fresh",
    says: /12 hours ago/,
  },
  {
    when: "one unit of two on its own server",
    facts: { newest: [newest(), newest({ unit: "b", place: "own-server" })] },
    state: "local-only",
    reason: "fresh",
    says: /5 MB/,
  },
  {
    when: "proven within the window, even on its own server",
    facts: { newest: [newest({ provenAt: hoursAgo(20), place: "own-server" })] },
    state: "proven",
    reason: "tried",
    says: /restored in a test 20 hours ago/,
  },
  {
    when: "proven too long ago",
    facts: { newest: [newest({ provenAt: hoursAgo(31 * 24) })] },
    state: "protected",
    reason: "fresh",
    says: /Last backup/,
  },
  {
    when: "only one unit of two proven",
    facts: { newest: [newest({ provenAt: NOW }), newest({ unit: "b" })] },
    state: "protected",
    reason: "fresh",
    says: /Last backup/,
  },
  {
    when: "never backed up",
    facts: { newest: [] },
    state: "unprotected",
    reason: "never",
    says: /no complete backup/,
  },
  {
    when: "never backed up and failing",
    facts: { newest: [], lastFailure: FAILED },
    state: "unprotected",
    reason: "failing",
    says: /failed 1 hour ago \(target\.auth\)/,
  },
  {
    when: "failed since the newest",
    facts: { lastFailure: FAILED },
    state: "at-risk",
    reason: "failing",
    says: /Last complete backup 12 hours ago\. The last attempt failed/,
  },
  {
    when: "failed before the newest",
    facts: { lastFailure: { ...FAILED, at: hoursAgo(13) } },
    state: "protected",
    reason: "fresh",
    says: /Last/,
  },
  {
    when: "one unit failed, another went well after it",
    facts: {
      newest: [newest({ at: hoursAgo(0.5) }), newest({ unit: "b", at: hoursAgo(24) })],
      lastFailure: FAILED,
    },
    state: "at-risk",
    reason: "failing",
    says: /failed/,
  },
  {
    when: "suspicious",
    facts: { newest: [newest(), newest({ unit: "b", suspicion: SMALL })] },
    state: "at-risk",
    reason: "suspicious",
    says: /The backup of b 12 hours ago has 1 kB; the ones before had 2 GB\./,
  },
  {
    when: "overdue",
    facts: { newest: [newest({ at: hoursAgo(36) })] },
    state: "at-risk",
    reason: "overdue",
    says: /1 day ago; the next was due 12 hours ago/,
  },
  {
    when: "overdue but being taken now",
    facts: { newest: [newest({ at: hoursAgo(36) })], isRunning: true },
    state: "protected",
    reason: "fresh",
    says: /1 day ago/,
  },
  {
    when: "older than its schedule, which was switched on since",
    facts: { newest: [newest({ at: hoursAgo(36) })], schedule: { ...DAILY, since: hoursAgo(2) } },
    state: "protected",
    reason: "fresh",
    says: /Last/,
  },
  {
    when: "a database without a backup",
    facts: { unitsWithout: ["new", "newer"] },
    state: "at-risk",
    reason: "units-without",
    says: /No complete backup of new and newer\./,
  },
  {
    when: "no schedule",
    facts: { schedule: null },
    state: "at-risk",
    reason: "no-schedule",
    says: /no further one is scheduled/,
  },
  {
    when: "gone",
    facts: { status: "missing", lastFailure: FAILED },
    state: "away",
    reason: "gone",
    says: /The container is gone\. Last complete backup 12 hours ago\./,
  },
  {
    when: "gone without any backup",
    facts: { status: "missing", newest: [] },
    state: "away",
    reason: "gone",
    says: /There is no complete backup\./,
  },
  { when: "stopped", facts: { status: "stopped" }, state: "protected", reason: "fresh", says: /Last backup/ },
];

describe("the state of safety", () => {
  test.each(CASES)("$when: $state", ({ facts: more, state, reason, says }) => {
    const safety = safetyOf(facts(more), NOW);
    expect([safety.state, safety.reason.code]).toEqual([state, reason]);
    expect(safetySentences(safety, NOW).reason).toMatch(says);
  });

  test("is told with one next step, and with none only where nothing is to be done", () => {
    for (const { facts: more, state } of CASES) {
      const safety = safetyOf(facts(more), NOW);
      expect(safety.nextStep === "none").toBe(state === "protected" || state === "proven");
      expect(safetySentences(safety, NOW).nextStep).toMatch(/^[A-Z].*\.$/);
    }
  });

  test("turns overdue only when the grace after the due time is over", () => {
    const due = new Date("2026-02-10T06:00:00Z");
    const at = (minutes: number) => safetyOf(facts(), new Date(due.getTime() + minutes * 60_000)).state;
    expect([at(-1), at(0), at(29), at(30), at(600)]).toEqual([
      "protected",
      "protected",
      "protected",
      "at-risk",
      "at-risk",
    ]);
  });

  test("is never proven where nothing was tried", () => {
    for (const place of ["own-server", "elsewhere"] as const) {
      expect(safetyOf(facts({ newest: [newest({ place })] }), NOW).state).not.toBe("proven");
    }
  });
});
