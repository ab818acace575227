import { SCHEDULE_PRESETS } from "@cofre/core/model";
import type { Schedule, Timing } from "./queries.ts";

export const FREQUENCIES = [...SCHEDULE_PRESETS, "cron"] as const;
export type Frequency = (typeof FREQUENCIES)[number];

/** What the box holds while it is being changed; numbers are what was typed. */
export interface ScheduleDraft {
  enabled: boolean;
  frequency: Frequency;
  at: string;
  cron: string;
  timeZone: string;
  keepLast: string;
  keepDays: string;
}

export function draftOf(schedule: Schedule): ScheduleDraft {
  return {
    enabled: schedule.enabled,
    frequency: schedule.cron === null ? (schedule.preset ?? "daily") : "cron",
    at: schedule.at ?? "03:00",
    cron: schedule.cron ?? "0 3 * * *",
    // Nobody has saved it yet: the reader's own zone is the better guess.
    timeZone:
      schedule.updatedAt === null ? Intl.DateTimeFormat().resolvedOptions().timeZone : schedule.timeZone,
    keepLast: String(schedule.keepLast),
    keepDays: schedule.keepDays === null ? "" : String(schedule.keepDays),
  };
}

export function timingOf(draft: ScheduleDraft): Timing {
  if (draft.frequency === "cron") return { cron: draft.cron.trim(), timeZone: draft.timeZone };
  return { preset: draft.frequency, at: draft.at, timeZone: draft.timeZone };
}

/** What to save. Numbers that are none are left to the API to refuse, field by field. */
export function scheduleFrom(draft: ScheduleDraft) {
  return {
    ...timingOf(draft),
    enabled: draft.enabled,
    keepLast: Number(draft.keepLast),
    keepDays: draft.keepDays.trim() === "" ? null : Number(draft.keepDays),
  };
}

/** Every zone the browser knows, the one in use first when it is not among them. */
export function timeZones(current: string): readonly string[] {
  const known = Intl.supportedValuesOf("timeZone");
  const all = known.includes("UTC") ? known : ["UTC", ...known];
  return all.includes(current) ? all : [current, ...all];
}
