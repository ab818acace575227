import { describe, expect, test } from "vitest";
import { randomData } from "../testing/random-data.ts";
import { checkKeepRules, type KeepableBackup, type KeepRules, keep } from "./keep.ts";

const NOW = new Date("2026-02-09T18:30:00Z");
const HOUR_MS = 3_600_000;

function backup(id: string, hoursAgo: number, more: Partial<KeepableBackup> = {}): KeepableBackup {
  return {
    id,
    resourceId: "shop-db",
    unit: "shop",
    status: "completed",
    origin: "schedule",
    at: new Date(NOW.getTime() - hoursAgo * HOUR_MS),
    pinned: false,
    provenAt: null,
    isDamaged: false,
    isAccepted: false,
    lockedUntil: null,
    bytes: 1_000_000,
    tables: 12,
    rows: 5_000,
    ...more,
  };
}

/** One a day, `d0` the newest. */
function days(count: number, more: Partial<KeepableBackup> = {}): KeepableBackup[] {
  return Array.from({ length: count }, (_, n) => backup(`d${n}`, n * 24 + 1, more));
}

function removed(backups: readonly KeepableBackup[], rules: Partial<KeepRules>): string[] {
  return keep(backups, { keepLast: null, keepDays: null, ...rules }, NOW)
    .filter((verdict) => !verdict.keep)
    .map(({ id }) => id);
}

function reasons(backups: readonly KeepableBackup[], rules: Partial<KeepRules>): Record<string, unknown> {
  const verdicts = keep(backups, { keepLast: null, keepDays: null, ...rules }, NOW);
  return Object.fromEntries(verdicts.map(({ id, reason }) => [id, reason]));
}

describe("retention by number and days", () => {
  test("keeps everything without a rule", () => expect(removed(days(100), {})).toEqual([]));
  test("keeps the last 7", () => expect(removed(days(9), { keepLast: 7 })).toEqual(["d7", "d8"]));
  test("keeps the last 1", () => expect(removed(days(3), { keepLast: 1 })).toEqual(["d1", "d2"]));
  test("keeps 3 days, to the hour", () => {
    const edge = [...days(3), backup("just", 72), backup("gone", 72.001)];
    expect(removed(edge, { keepDays: 3 })).toEqual(["gone"]);
  });
  test("keeps what either rule keeps", () => {
    expect(removed(days(10), { keepLast: 2, keepDays: 5 })).toEqual(["d5", "d6", "d7", "d8", "d9"]);
    expect(removed(days(10), { keepLast: 8, keepDays: 2 })).toEqual(["d8", "d9"]);
  });
  test("keeps the newest good one however old it is", () => {
    expect(removed([backup("a", 9_000), backup("b", 9_999)], { keepDays: 1 })).toEqual(["b"]);
  });
  test("counts manual backups with scheduled ones", () => {
    expect(removed([backup("m", 1, { origin: "manual" }), ...days(2)], { keepLast: 2 })).toEqual(["d1"]);
  });
  test("does not care in which order the backups come", () => {
    expect(removed(days(9).reverse(), { keepLast: 7 })).toEqual(["d8", "d7"]);
  });
  test("keeps what seems to come from the future, after a clock went wrong", () => {
    expect(removed([backup("future", -48), ...days(2)], { keepDays: 1 })).toEqual(["d1"]);
  });
  test("gives the reason for each", () => {
    expect(reasons(days(4), { keepLast: 2, keepDays: 2 })).toEqual({
      d0: { code: "newest-good" },
      d1: { code: "within-last", rank: 2, keepLast: 2 },
      d2: { code: "beyond-rules", rank: 3, ageDays: 2 },
      d3: { code: "beyond-rules", rank: 4, ageDays: 3 },
    });
  });
  test("keeps what would go while its store has it locked, and not a moment longer", () => {
    const until = new Date(NOW.getTime() + 1);
    expect(reasons(days(3, { lockedUntil: until }), { keepLast: 2 })).toMatchObject({
      d1: { code: "within-last" },
      d2: { code: "locked", until },
    });
    expect(removed(days(3, { lockedUntil: NOW }), { keepLast: 2 })).toEqual(["d2"]);
  });
  test.each([0, -1, 1.5, Number.NaN])("refuses to keep the last %d", (value) => {
    expect(() => checkKeepRules({ keepLast: value, keepDays: null })).toThrow(/keepLast/);
    expect(() => keep([], { keepLast: null, keepDays: value }, NOW)).toThrow(/keepDays/);
  });
});

describe("retention counts per resource and unit", () => {
  test("a busy database does not push out a quiet one", () => {
    const quiet = backup("quiet", 5_000, { unit: "quiet" });
    const other = backup("other", 5_000, { resourceId: "other-db" });
    expect(removed([...days(3), quiet, other], { keepLast: 1 })).toEqual(["d1", "d2"]);
  });
});

describe("retention does not count what is no good backup", () => {
  test.each([
    ["failed", { status: "failed" }],
    ["running", { status: "running" }],
    ["pending", { status: "pending" }],
    ["cancelled", { status: "cancelled" }],
    ["damaged", { isDamaged: true }],
  ] as const)("%s ones push nothing out and are left alone", (_name, more) => {
    const bad = Array.from({ length: 20 }, (_, n) => backup(`bad${n}`, n / 10, more));
    expect(removed([...bad, ...days(3)], { keepLast: 2 })).toEqual(["d2"]);
  });
});

describe("retention never removes", () => {
  test("pinned backups, which count all the same", () => {
    const [first, second, ...rest] = days(6, { pinned: false });
    if (first === undefined || second === undefined) throw new Error("there are six");
    expect(removed([first, { ...second, pinned: true }, ...rest], { keepLast: 2 })).toEqual([
      "d2",
      "d3",
      "d4",
      "d5",
    ]);
    expect(removed([...days(3), backup("old", 9_000, { pinned: true })], { keepLast: 1 })).toEqual([
      "d1",
      "d2",
    ]);
  });
  test("the newest proven one, but an older proven one", () => {
    const proven = { provenAt: NOW };
    const backups = [...days(3), backup("p1", 900, proven), backup("p2", 1_000, proven)];
    expect(removed(backups, { keepLast: 1 })).toEqual(["d1", "d2", "p2"]);
    expect(reasons(backups, { keepLast: 1 }).p1).toEqual({ code: "newest-proven" });
  });
  test("uploads, which push nothing out", () => {
    const uploads = Array.from({ length: 9 }, (_, n) => backup(`u${n}`, n, { origin: "upload" }));
    expect(removed([...uploads, ...days(3)], { keepLast: 2 })).toEqual(["d2"]);
  });
});

describe("safety backups have their own rule", () => {
  const safety = (count: number, everyHours: number) =>
    Array.from({ length: count }, (_, n) => backup(`s${n}`, n * everyHours + 0.5, { origin: "safety" }));

  test("keeps those of the last 24 hours", () =>
    expect(removed([...days(1), ...safety(30, 1)], { keepLast: 1 })).toHaveLength(6));
  test("keeps the last 3 however old", () => {
    expect(removed([...days(1), ...safety(5, 100)], { keepLast: 1 })).toEqual(["s3", "s4"]);
  });
  test("they push out none of the others", () => {
    expect(removed([...safety(50, 0.1), ...days(3)], { keepLast: 2 })).toEqual(["d2"]);
  });
  test("the newest stays when there is nothing else", () => {
    const only = [backup("s", 9_000, { origin: "safety" })];
    expect(reasons(only, { keepLast: 1 })).toEqual({ s: { code: "newest-good" } });
  });
});

describe("a suspicious newest backup freezes removal", () => {
  const freezing: readonly (readonly [string, Partial<KeepableBackup>, string])[] = [
    ["empty", { bytes: 0 }, "empty"],
    ["under half of what was usual", { bytes: 499_999 }, "shrunken"],
    ["without a table that was there", { tables: 11 }, "tables-lost"],
    ["without any row", { rows: 0 }, "emptied"],
  ];
  test.each(freezing)("%s", (_name, more, code) => {
    const backups = [backup("new", 0.1, more), ...days(9)];
    expect(removed(backups, { keepLast: 2 })).toEqual([]);
    expect(reasons(backups, { keepLast: 2 }).d8).toMatchObject({
      code: "frozen",
      newestId: "new",
      suspicion: { code },
    });
  });

  test("not when somebody accepted it", () => {
    const accepted = backup("new", 0.1, { bytes: 10, isAccepted: true });
    expect(removed([accepted, ...days(3)], { keepLast: 2 })).toEqual(["d1", "d2"]);
  });
  test("not at half of what was usual, nor when it grew, nor without anything to compare", () => {
    expect(removed([backup("new", 0.1, { bytes: 500_000 }), ...days(2)], { keepLast: 1 })).toEqual([
      "d0",
      "d1",
    ]);
    const grown = backup("new", 0.1, { bytes: 9e9, tables: 99, rows: 9e9 });
    expect(removed([grown, ...days(2)], { keepLast: 1 })).toEqual(["d0", "d1"]);
    expect(reasons([backup("only", 1, { tables: 0, rows: 0, bytes: 20 })], { keepLast: 1 })).toEqual({
      only: { code: "newest-good" },
    });
  });
  test("not by one outlier among the five before", () => {
    const [first, ...rest] = days(6);
    if (first === undefined) throw new Error("there are six");
    const backups = [backup("new", 0.1), { ...first, bytes: 900_000_000 }, ...rest];
    expect(removed(backups, { keepLast: 5 })).toEqual(["d4", "d5"]);
  });
  test("its safety backups too, but no other unit's", () => {
    const safety = Array.from({ length: 5 }, (_, n) => backup(`s${n}`, 100 + n, { origin: "safety" }));
    const other = days(3).map((one) => ({ ...one, id: `other-${one.id}`, unit: "other" }));
    const backups = [backup("new", 0.1, { bytes: 0 }), ...days(3), ...safety, ...other];
    expect(removed(backups, { keepLast: 1 })).toEqual(["other-d1", "other-d2"]);
  });
  test("until five backups of the new size have come, and no longer", () => {
    const small = Array.from({ length: 6 }, (_, n) => backup(`small${n}`, n / 10, { tables: 3 }));
    expect(removed([...small.slice(1), ...days(3)], { keepLast: 1 })).toEqual([]);
    expect(removed([...small, ...days(3)], { keepLast: 1 })).not.toEqual([]);
  });
});

test("whatever happened, the newest good, the newest proven and the pinned stay", () => {
  const random = randomData();
  for (let round = 0; round < 300; round += 1) {
    const backups = Array.from({ length: random.integer(30) }, (_, n) =>
      backup(`b${n}`, random.integer(2_000), {
        unit: random.pick(["a", "b"]),
        status: random.pick(["completed", "completed", "completed", "failed", "running"]),
        origin: random.pick(["schedule", "schedule", "manual", "safety", "upload"]),
        pinned: random.integer(10) === 0,
        provenAt: random.integer(5) === 0 ? NOW : null,
        isDamaged: random.integer(10) === 0,
        bytes: random.pick([1_000_000, 900_000, 0]),
      }),
    );
    const rules = { keepLast: random.pick([1, 3, null]), keepDays: random.pick([1, 30, null]) };
    const gone = new Set(removed(backups, rules));
    const left = backups.filter(({ id }) => !gone.has(id));
    expect(left.filter(({ pinned }) => pinned)).toEqual(backups.filter(({ pinned }) => pinned));
    expect(newestGoodIds(left)).toEqual(newestGoodIds(backups));
    const isProven = ({ provenAt }: KeepableBackup) => provenAt !== null;
    expect(newestGoodIds(left.filter(isProven))).toEqual(newestGoodIds(backups.filter(isProven)));
  }
});

function newestGoodIds(backups: readonly KeepableBackup[]): number[] {
  return ["a", "b"].map((unit) => {
    const good = backups.filter((one) => one.unit === unit && one.status === "completed" && !one.isDamaged);
    const regular = good.filter(({ origin }) => origin !== "safety" && origin !== "upload");
    return Math.max(0, ...regular.map(({ at }) => at.getTime()));
  });
}
