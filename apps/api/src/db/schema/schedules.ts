import { SCHEDULE_PRESETS } from "@cofre/core/model";
import { createdAt, id, moment, updatedAt } from "../columns.ts";
import { boolean, check, index, integer, pgTable, sql, text } from "../orm.ts";
import { organizations } from "./organizations.ts";
import { resources } from "./resources.ts";

/** When to take backups of a resource, and what to keep. */
export const schedules = pgTable(
  "schedules",
  {
    id: id(),
    organizationId: text("organization_id")
      .notNull()
      .references(() => organizations.id, { onDelete: "cascade" }),
    resourceId: text("resource_id")
      .notNull()
      .unique("schedules_resource_id_key")
      .references(() => resources.id, { onDelete: "cascade" }),
    enabled: boolean("enabled").notNull(),
    /** A preset with an hour, or a cron line: exactly one of both. */
    preset: text("preset", { enum: SCHEDULE_PRESETS }),
    /** `HH:MM` in `timeZone`. */
    at: text("at"),
    cron: text("cron"),
    /** IANA name. */
    timeZone: text("time_zone").notNull(),
    keepLast: integer("keep_last").notNull(),
    keepDays: integer("keep_days"),
    /** Remembered here, only computed in the process. */
    nextRunAt: moment("next_run_at"),
    lastRunAt: moment("last_run_at"),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (t) => [
    index("schedules_next_run_at_idx").on(t.nextRunAt).where(sql`${t.enabled}`),
    check("schedules_preset_or_cron_check", sql`(${t.preset} is null) <> (${t.cron} is null)`),
    check("schedules_keep_last_check", sql`${t.keepLast} >= 1`),
  ],
);
