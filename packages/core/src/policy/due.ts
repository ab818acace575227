import { Cron } from "croner";
import { Fault } from "../model/fault.ts";
import { cronOf, type Schedule } from "./schedule.ts";

/** A run that should have been taken by now. */
export interface DueRun {
  /** The newest of the due times: only it is caught up. */
  readonly dueAt: Date;
  /** Due times before it that are skipped; not counted beyond 1,000. */
  readonly missed: number;
}

const MOST_COUNTED = 1_000;

/**
 * Throws `input.invalid`, naming what is wrong, unless the schedule can be kept: its times and zone are real and it comes due at all.
 */
export function checkSchedule(schedule: Schedule): void {
  if (clockOf(schedule).nextRun(new Date(0)) !== null) return;
  throw new Fault("input.invalid", `${JSON.stringify(cronOf(schedule))} never comes due`, {
    hint: "Look at the day and the month: there may be no such date.",
  });
}

/** The next `n` due times after `from`, which itself is not one of them. */
export function nextRuns(schedule: Schedule, from: Date, n: number): Date[] {
  return clockOf(schedule).nextRuns(n, from);
}

/**
 * What is due now: everything that came due after `lastRunAt` (the due time last acted upon, or when the schedule was switched on) up
 * to and including `now` is answered by one run. Undefined when nothing is; a clock that was set back answers nothing twice.
 */
export function dueSince(schedule: Schedule, lastRunAt: Date, now: Date): DueRun | undefined {
  const clock = clockOf(schedule);
  const dueAt = newestBefore(clock, justAfter(now));
  if (dueAt === undefined || dueAt <= lastRunAt) return undefined;
  let missed = 0;
  let earlier = newestBefore(clock, dueAt);
  while (earlier !== undefined && earlier > lastRunAt && missed < MOST_COUNTED) {
    missed += 1;
    earlier = newestBefore(clock, earlier);
  }
  return { dueAt, missed };
}

/** The newest due time up to and including `now`; undefined when there never was one. */
export function lastDue(schedule: Schedule, now: Date): Date | undefined {
  return newestBefore(clockOf(schedule), justAfter(now));
}

function newestBefore(clock: Cron, reference: Date): Date | undefined {
  return clock.previousRuns(1, reference)[0];
}

/** croner leaves its reference out, and knows whole seconds. */
function justAfter(now: Date): Date {
  return new Date(Math.floor(now.getTime() / 1_000) * 1_000 + 1_000);
}

/**
 * Only computes: made without a function, it starts no timer. With fixed hours a time in the gap of a clock change runs right after the
 * gap and a repeated one runs once; a wildcard hour runs each hour that really passes.
 */
function clockOf(schedule: Schedule): Cron {
  const pattern = cronOf(schedule);
  checkZone(schedule.timeZone);
  try {
    return new Cron(pattern, { timezone: schedule.timeZone, mode: "5-part", fixedTimeRule: "no-wildcard" });
  } catch (error) {
    throw notCron(pattern, error);
  }
}

function notCron(pattern: string, cause: unknown): Fault {
  const said = cause instanceof Error ? cause.message.replace(/^CronPattern: /, "") : "";
  return new Fault("input.invalid", `${JSON.stringify(pattern)} is not cron text: ${said}`, {
    hint: "Give minute, hour, day of month, month and day of week, such as 0 3 * * *.",
    cause,
  });
}

function checkZone(timeZone: string): void {
  try {
    new Intl.DateTimeFormat("en", { timeZone });
  } catch (error) {
    throw noSuchZone(timeZone, error);
  }
}

function noSuchZone(timeZone: string, cause: unknown): Fault {
  return new Fault("input.invalid", `${JSON.stringify(timeZone)} is not a time zone`, {
    hint: "Give an IANA name such as America/Sao_Paulo or UTC.",
    cause,
  });
}
