import type { SyncReport } from "@cofre/core";
import { SCHEDULE_PRESETS } from "@cofre/core/model";
import { createdAt, id, moment, updatedAt } from "../columns.ts";
import type { KeptFault } from "../kept-fault.ts";
import { boolean, check, index, jsonb, pgTable, sql, text } from "../orm.ts";
import { organizations } from "./organizations.ts";
import { resources } from "./resources.ts";
import type { S3Settings } from "./stores.ts";
import { stores } from "./stores.ts";

/** What a sync does with what the source does not have any more. */
export const SYNC_DELETIONS = ["keep", "mirror"] as const;

/** An S3 that is no store of ours; its secret key rests beside it, sealed. */
export type SyncDestination = Pick<
  S3Settings,
  "endpoint" | "region" | "accessKey" | "pathStyle" | "ca" | "mayBePrivate"
> & {
  /** One for all, each in a folder of its name; null mirrors each bucket into the one of its own name. */
  readonly bucket: string | null;
};

/** Buckets of a resource that are mirrored into another S3, when, and what the last run saw. */
export const bucketSyncs = pgTable(
  "bucket_syncs",
  {
    id: id(),
    organizationId: text("organization_id")
      .notNull()
      .references(() => organizations.id, { onDelete: "cascade" }),
    resourceId: text("resource_id")
      .notNull()
      .unique("bucket_syncs_resource_id_key")
      .references(() => resources.id, { onDelete: "cascade" }),
    enabled: boolean("enabled").notNull(),
    /** Null for all that are there when a run begins. */
    buckets: jsonb("buckets").$type<readonly string[]>(),
    /** A store's bucket, or `destination`; neither once that store was removed. */
    storeId: text("store_id").references(() => stores.id, { onDelete: "set null" }),
    destination: jsonb("destination").$type<SyncDestination>(),
    /** The secret key of `destination`. */
    sealedConfig: text("sealed_config"),
    /** A folder at the destination; empty for none. */
    prefix: text("prefix").notNull(),
    deletions: text("deletions", { enum: SYNC_DELETIONS }).notNull(),
    /** A preset with an hour, or a cron line: exactly one of both. */
    preset: text("preset", { enum: SCHEDULE_PRESETS }),
    /** `HH:MM` in `timeZone`. */
    at: text("at"),
    cron: text("cron"),
    /** IANA name. */
    timeZone: text("time_zone").notNull(),
    /** Remembered here, only computed in the process. */
    nextRunAt: moment("next_run_at"),
    lastRunAt: moment("last_run_at"),
    /** Of the last run that came to an end, good or bad. */
    report: jsonb("report").$type<SyncReport>(),
    reportedAt: moment("reported_at"),
    error: jsonb("error").$type<KeptFault>(),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (t) => [
    index("bucket_syncs_next_run_at_idx").on(t.nextRunAt).where(sql`${t.enabled}`),
    check("bucket_syncs_preset_or_cron_check", sql`(${t.preset} is null) <> (${t.cron} is null)`),
    check("bucket_syncs_deletions_check", sql`${t.deletions} in ('keep', 'mirror')`),
    check("bucket_syncs_one_destination_check", sql`${t.storeId} is null or ${t.destination} is null`),
    check(
      "bucket_syncs_destination_has_secret_check",
      sql`(${t.destination} is null) = (${t.sealedConfig} is null)`,
    ),
  ],
);
