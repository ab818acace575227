import { SCHEDULE_PRESETS } from "@cofre/core/model";
import { createdAt, id, moment, updatedAt } from "../columns.ts";
import { check, index, jsonb, pgTable, sql, text } from "../orm.ts";
import { organizations } from "./organizations.ts";
import { projects } from "./projects.ts";
import { resources } from "./resources.ts";
import { stores } from "./stores.ts";

/** Where the backups of a resource, or of all resources of a project, rest, and where copies of them go. */
export const storeChoices = pgTable(
  "store_choices",
  {
    id: id(),
    organizationId: text("organization_id")
      .notNull()
      .references(() => organizations.id, { onDelete: "cascade" }),
    projectId: text("project_id")
      .unique("store_choices_project_id_key")
      .references(() => projects.id, { onDelete: "cascade" }),
    resourceId: text("resource_id")
      .unique("store_choices_resource_id_key")
      .references(() => resources.id, { onDelete: "cascade" }),
    /** Null leaves it to the next wider choice, at last to the default store of the resource's server. */
    storeId: text("store_id").references(() => stores.id, { onDelete: "set null" }),
    /** Ids of stores; null leaves it to the next wider choice, an empty list wants none. */
    copyStoreIds: jsonb("copy_store_ids").$type<readonly string[]>(),
    /** When those copies are made: a preset with an hour, or a cron line; neither is after each backup. */
    preset: text("preset", { enum: SCHEDULE_PRESETS }),
    /** `HH:MM` in `timeZone`. */
    at: text("at"),
    cron: text("cron"),
    /** IANA name; null without a schedule. */
    timeZone: text("time_zone"),
    /** Remembered here, only computed in the process. */
    nextRunAt: moment("next_run_at"),
    lastRunAt: moment("last_run_at"),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (t) => [
    index("store_choices_next_run_at_idx").on(t.nextRunAt).where(sql`${t.nextRunAt} is not null`),
    check("store_choices_of_one_check", sql`(${t.projectId} is null) <> (${t.resourceId} is null)`),
    check("store_choices_preset_or_cron_check", sql`${t.preset} is null or ${t.cron} is null`),
    check(
      "store_choices_schedule_has_zone_check",
      sql`(${t.preset} is null and ${t.cron} is null) = (${t.timeZone} is null)`,
    ),
  ],
);
