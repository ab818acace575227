import { SCHEDULE_PRESETS } from "@cofre/core/model";
import { z } from "zod";

export const ScheduleView = z.object({
  resourceId: z.string(),
  enabled: z.boolean(),
  preset: z.enum(SCHEDULE_PRESETS).nullable(),
  at: z.string().nullable(),
  cron: z.string().nullable(),
  timeZone: z.string(),
  keepLast: z.number(),
  keepDays: z.number().nullable(),
  /** The next five, empty while it is off. */
  nextRuns: z.array(z.string()),
  lastRunAt: z.string().nullable(),
  /** Null while nobody has saved it: what is shown are the defaults. */
  updatedAt: z.string().nullable(),
});
export type ScheduleView = z.infer<typeof ScheduleView>;

export const PutSchedule = z.object({
  resourceId: z.string(),
  enabled: z.boolean(),
  preset: z.enum(SCHEDULE_PRESETS).optional(),
  /** `HH:MM` in `timeZone`; for `hourly` only its minutes count. */
  at: z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d$/, "must be HH:MM, from 00:00 to 23:59")
    .optional(),
  /** Five fields; instead of a preset. */
  cron: z.string().min(1).max(200).optional(),
  /** IANA name, such as America/Sao_Paulo. */
  timeZone: z.string().min(1).max(64),
  keepLast: z.number().int().min(1).max(10_000),
  keepDays: z.number().int().min(1).max(36_500).nullable().optional(),
});
export type PutSchedule = z.infer<typeof PutSchedule>;

/** The next runs of a schedule that is not saved yet. */
export const PreviewSchedule = PutSchedule.pick({ preset: true, at: true, cron: true, timeZone: true });
export type PreviewSchedule = z.infer<typeof PreviewSchedule>;
