import { SCHEDULE_PRESETS } from "@cofre/core/model";
import type { Schedule, Timing } from "./queries.ts";

export const FREQUENCIES = [...SCHEDULE_PRESETS, "cron"] as const;
export type Frequency = (typeof FREQUENCIES)[number];

/** When, while it is being changed. */
export interface WhenDraft {
  frequency: Frequency;
  at: string;
  cron: string;
  timeZone: string;
}

/** What the box holds while it is being changed; numbers are what was typed. */
export interface ScheduleDraft extends WhenDraft {
  enabled: boolean;
  keepLast: string;
  keepDays: string;
}

export function draftOf(schedule: Schedule): ScheduleDraft {
  return {
    ...whenDraftOf(schedule.updatedAt === null ? { ...schedule, timeZone: null } : schedule),
    enabled: schedule.enabled,
    keepLast: String(schedule.keepLast),
    keepDays: schedule.keepDays === null ? "" : String(schedule.keepDays),
  };
}

interface Known extends Pick<Schedule, "preset" | "at" | "cron"> {
  /** Null while nobody has saved it: the reader's own zone is the better guess. */
  readonly timeZone: string | null;
}

export function whenDraftOf({ preset, at, cron, timeZone }: Known): WhenDraft {
  return {
    frequency: cron === null ? (preset ?? "daily") : "cron",
    at: at ?? "03:00",
    cron: cron ?? "0 3 * * *",
    timeZone: timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
  };
}

export function timingOf(draft: WhenDraft): Timing {
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
