import { describe, expect, test } from "vitest";
import { isFault } from "../model/fault.ts";
import { fakeClock } from "../testing/fake-clock.ts";
import { checkSchedule, dueSince, lastDue, nextRuns } from "./due.ts";
import { cronOf, type Schedule } from "./schedule.ts";

const NEW_YORK = "America/New_York";
const SAO_PAULO = "America/Sao_Paulo";
const LISBON = "Europe/Lisbon";

interface Case {
  readonly name: string;
  readonly schedule: Schedule;
  readonly from: string;
  readonly expected: readonly string[];
}

function daily(at: string, timeZone: string): Schedule {
  return { preset: "daily", at, timeZone };
}

function hourly(at: string, timeZone: string): Schedule {
  return { preset: "hourly", at, timeZone };
}

describe("presets are cron text", () => {
  test.each([
    ["hourly", "00:15", "15 * * * *"],
    ["daily", "03:00", "0 3 * * *"],
    ["weekly", "23:59", "59 23 * * 0"],
    ["monthly", "00:00", "0 0 1 * *"],
  ] as const)("%s at %s", (preset, at, cron) => expect(cronOf({ preset, at, timeZone: "UTC" })).toBe(cron));
});

describe("over a change of the clock, every due time fires once", () => {
  const table: readonly Case[] = [
    {
      name: "daily in the gap of New York: right after it",
      schedule: daily("02:30", NEW_YORK),
      from: "2026-03-07T12:00:00Z",
      expected: ["2026-03-08T07:00:00Z", "2026-03-09T06:30:00Z", "2026-03-10T06:30:00Z"],
    },
    {
      name: "daily in the repeated hour of New York: the first of the two",
      schedule: daily("01:30", NEW_YORK),
      from: "2026-10-31T12:00:00Z",
      expected: ["2026-11-01T05:30:00Z", "2026-11-02T06:30:00Z"],
    },
    {
      name: "twice a day with one in the gap",
      schedule: { cron: "30 2,14 * * *", timeZone: NEW_YORK },
      from: "2026-03-07T20:00:00Z",
      expected: ["2026-03-08T07:00:00Z", "2026-03-08T18:30:00Z", "2026-03-09T06:30:00Z"],
    },
    {
      name: "hourly through the gap: each hour that passes",
      schedule: hourly("00:30", NEW_YORK),
      from: "2026-03-08T05:00:00Z",
      expected: ["2026-03-08T05:30:00Z", "2026-03-08T06:30:00Z", "2026-03-08T07:30:00Z"],
    },
    {
      name: "hourly through the repeated hour: each hour that passes",
      schedule: hourly("00:30", NEW_YORK),
      from: "2026-11-01T04:00:00Z",
      expected: [
        "2026-11-01T04:30:00Z",
        "2026-11-01T05:30:00Z",
        "2026-11-01T06:30:00Z",
        "2026-11-01T07:30:00Z",
      ],
    },
    {
      name: "midnight that did not exist in São Paulo",
      schedule: daily("00:00", SAO_PAULO),
      from: "2018-11-03T12:00:00Z",
      expected: ["2018-11-04T03:00:00Z", "2018-11-05T02:00:00Z"],
    },
    {
      name: "the hour before midnight that came twice in São Paulo",
      schedule: daily("23:30", SAO_PAULO),
      from: "2019-02-16T12:00:00Z",
      expected: ["2019-02-17T01:30:00Z", "2019-02-18T02:30:00Z"],
    },
    {
      name: "the first of a month that began in a gap of São Paulo",
      schedule: { preset: "weekly", at: "00:00", timeZone: SAO_PAULO },
      from: "2018-10-28T12:00:00Z",
      expected: ["2018-11-04T03:00:00Z", "2018-11-11T02:00:00Z"],
    },
    {
      name: "daily in the gap of Lisbon",
      schedule: daily("01:30", LISBON),
      from: "2026-03-28T12:00:00Z",
      expected: ["2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"],
    },
    {
      name: "daily in the repeated hour of Lisbon",
      schedule: daily("01:30", LISBON),
      from: "2026-10-24T12:00:00Z",
      expected: ["2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"],
    },
  ];

  test.each(table)("$name", ({ schedule, from, expected }) => {
    const times = nextRuns(schedule, new Date(from), expected.length);
    expect(times).toEqual(expected.map((time) => new Date(time)));
  });

  test.each(table)(
    "$name, and so for a scheduler that looks every five minutes",
    ({ schedule, from, expected }) => {
      const clock = fakeClock(from);
      const until = new Date(expected.at(-1) ?? from).getTime();
      const fired: Date[] = [];
      let last = clock.now();
      while (clock.now().getTime() <= until) {
        const due = dueSince(schedule, last, clock.now());
        if (due !== undefined) {
          fired.push(due.dueAt);
          last = due.dueAt;
        }
        clock.advance(300_000);
      }
      expect(fired).toEqual(expected.map((time) => new Date(time)));
    },
  );
});

describe("after a downtime", () => {
  const schedule = daily("03:00", SAO_PAULO);

  test("only the newest missed run is caught up, and says how many came before it", () => {
    const due = dueSince(schedule, new Date("2026-02-01T06:00:00Z"), new Date("2026-02-09T18:00:00Z"));
    expect(due).toEqual({ dueAt: new Date("2026-02-09T06:00:00Z"), missed: 7 });
  });

  test("nothing is due twice: neither a second later nor when the clock is set back", () => {
    const dueAt = new Date("2026-02-09T06:00:00Z");
    expect(dueSince(schedule, dueAt, new Date("2026-02-09T06:00:01Z"))).toBeUndefined();
    expect(dueSince(schedule, dueAt, new Date("2026-02-08T12:00:00Z"))).toBeUndefined();
    expect(dueSince(schedule, dueAt, new Date("2026-02-10T05:59:59.999Z"))).toBeUndefined();
    expect(dueSince(schedule, dueAt, new Date("2026-02-10T06:00:00Z"))).toEqual({
      dueAt: new Date("2026-02-10T06:00:00Z"),
      missed: 0,
    });
  });

  test("a schedule switched on between two due times owes nothing for the past", () => {
    expect(
      dueSince(schedule, new Date("2026-02-09T10:00:00Z"), new Date("2026-02-09T20:00:00Z")),
    ).toBeUndefined();
    expect(lastDue(schedule, new Date("2026-02-09T20:00:00Z"))).toEqual(new Date("2026-02-09T06:00:00Z"));
  });

  test("years of missed minutes are answered in a moment", () => {
    const minutely: Schedule = { cron: "* * * * *", timeZone: NEW_YORK };
    const startedAt = performance.now();
    const due = dueSince(minutely, new Date("2016-01-01T00:00:00Z"), new Date("2026-02-09T18:00:30Z"));
    expect(due).toEqual({ dueAt: new Date("2026-02-09T18:00:00Z"), missed: 1_000 });
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });

  test("next runs never include the moment they are asked from", () => {
    expect(nextRuns(schedule, new Date("2026-02-09T06:00:00Z"), 2)).toEqual([
      new Date("2026-02-10T06:00:00Z"),
      new Date("2026-02-11T06:00:00Z"),
    ]);
  });
});

describe("a schedule that cannot be kept is refused with what is wrong", () => {
  const wrong: readonly (readonly [string, Schedule, RegExp])[] = [
    ["a time that does not exist", daily("24:00", "UTC"), /"24:00" is not a time of day/],
    ["a time without minutes", daily("3", "UTC"), /"3" is not a time of day/],
    ["a zone that does not exist", daily("03:00", "Brazil/Nowhere"), /"Brazil\/Nowhere" is not a time zone/],
    ["too many fields", { cron: "0 0 3 * * *", timeZone: "UTC" }, /has 6 fields instead of 5/],
    ["no fields", { cron: "  ", timeZone: "UTC" }, /has 0 fields instead of 5/],
    [
      "a minute that does not exist",
      { cron: "60 * * * *", timeZone: "UTC" },
      /is not cron text: .*minute: 60/,
    ],
    ["words", { cron: "every day at three o'clock", timeZone: "UTC" }, /instead of 5|is not cron text/],
    ["a date that never comes", { cron: "0 3 30 2 *", timeZone: "UTC" }, /never comes due/],
  ];
  test.each(wrong)("%s", (_name, schedule, message) => {
    expect(() => checkSchedule(schedule)).toThrow(message);
    try {
      checkSchedule(schedule);
    } catch (error) {
      expect(isFault(error, "input.invalid") && error.hint).toBeTruthy();
    }
  });

  test.each(["0 3 * * MON-FRI", "*/15 * * * *", "0 3 L * *", "0 0 29 2 *", " 0  3 * * * "])(
    "%j is kept",
    (cron) => {
      expect(() => checkSchedule({ cron, timeZone: SAO_PAULO })).not.toThrow();
    },
  );
});
