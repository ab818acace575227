import { expect, test } from "vitest";
import type { Schedule } from "./queries.ts";
import { draftOf, scheduleFrom, timeZones, timingOf } from "./timing.ts";

const SAVED: Schedule = {
  resourceId: "r",
  enabled: true,
  preset: "weekly",
  at: "02:30",
  cron: null,
  timeZone: "America/Sao_Paulo",
  keepLast: 7,
  keepDays: null,
  nextRuns: [],
  lastRunAt: null,
  updatedAt: "2026-11-22T00:00:00.000Z",
};

test("what was saved is what is shown and what is saved again", () => {
  expect(scheduleFrom(draftOf(SAVED))).toEqual({
    enabled: true,
    preset: "weekly",
    at: "02:30",
    timeZone: "America/Sao_Paulo",
    keepLast: 7,
    keepDays: null,
  });
});

test("a cron line replaces preset and hour", () => {
  const draft = draftOf({ ...SAVED, preset: null, at: null, cron: "0 3 * * 1" });
  expect(draft.frequency).toBe("cron");
  expect(timingOf(draft)).toEqual({ cron: "0 3 * * 1", timeZone: "America/Sao_Paulo" });
});

test("nobody has saved it yet: the reader's own zone is proposed", () => {
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  expect(draftOf({ ...SAVED, timeZone: "Etc/Nowhere", updatedAt: null }).timeZone).toBe(own);
});

test("a zone that this browser does not know stays choosable", () => {
  expect(timeZones("Mars/Olympus")[0]).toBe("Mars/Olympus");
  expect(timeZones("UTC").filter((zone) => zone === "UTC")).toHaveLength(1);
});
