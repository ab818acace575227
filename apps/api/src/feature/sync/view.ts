import { SCHEDULE_PRESETS } from "@cofre/core/model";
import { z } from "zod";
import { SYNC_DELETIONS } from "../../db/schema/bucket-syncs.ts";
import { FaultView } from "../fault-view.ts";
import { JobView } from "../jobs/view.ts";
import { PutSchedule } from "../schedules/view.ts";

export const OfSync = z.object({ resourceId: z.string() });

const Differing = z.object({
  /** `bucket/key` at the source. */
  key: z.string(),
  why: z.enum(["missing", "size", "content", "properties", "extra"]),
  /** The run copied or deleted it; else it differs still. */
  isSettled: z.boolean(),
  said: z.string().nullable(),
});

const ReportView = z.object({
  at: z.string(),
  /** Of the source. */
  objects: z.number(),
  bytes: z.number(),
  copied: z.number(),
  copiedBytes: z.number(),
  deleted: z.number(),
  /** How many differ still, named below or not. */
  unsettled: z.number(),
  /** At most 200 that differ still, then at most 200 that were settled. */
  differing: z.array(Differing),
  warnings: z.array(z.string()),
  /** Why the run did not come to its end. */
  error: FaultView.nullable(),
});

const DestinationView = z.object({
  /** An S3 store of the organization; null for an endpoint of its own. */
  storeId: z.string().nullable(),
  storeName: z.string().nullable(),
  endpoint: z.string(),
  region: z.string(),
  accessKey: z.string(),
  secretKey: z.object({ set: z.literal(true) }),
  pathStyle: z.boolean(),
  ca: z.string().nullable(),
  /** One bucket for all, each in a folder of its name; null mirrors each into the bucket of its own name. */
  bucket: z.string().nullable(),
  /** The folder there; empty for none. */
  prefix: z.string(),
});

export const SyncView = z.object({
  resourceId: z.string(),
  enabled: z.boolean(),
  buckets: z.union([z.literal("all"), z.array(z.string())]),
  /** Null while nobody has saved one, or when its store was removed. */
  destination: DestinationView.nullable(),
  deletions: z.enum(SYNC_DELETIONS),
  preset: z.enum(SCHEDULE_PRESETS).nullable(),
  at: z.string().nullable(),
  cron: z.string().nullable(),
  timeZone: z.string(),
  /** The next five, empty while it is off. */
  nextRuns: z.array(z.string()),
  lastRunAt: z.string().nullable(),
  report: ReportView.nullable(),
  /** Null while nobody has saved it: what is shown are the defaults. */
  updatedAt: z.string().nullable(),
});
export type SyncView = z.infer<typeof SyncView>;

const Prefix = z
  .string()
  .max(400)
  .transform((text) => text.replace(/^\/+|\/+$/g, ""));

const DestinationInput = z.object({
  /** An S3 store, whose bucket and keys are used; instead of all the others but `prefix`. */
  storeId: z.string().optional(),
  endpoint: z
    .url({ protocol: /^https?$/ })
    .max(500)
    .optional(),
  region: z.string().min(1).max(60).default("us-east-1"),
  accessKey: z.string().min(1).max(300).optional(),
  /** May be left out while endpoint and access key stay what they are. */
  secretKey: z.string().min(1).max(1_000).optional(),
  pathStyle: z.boolean().default(true),
  ca: z.string().startsWith("-----BEGIN CERTIFICATE-----").max(100_000).optional(),
  bucket: z.string().min(3).max(63).optional(),
  /** Within a store it is `mirrors/<resource>` unless told otherwise. */
  prefix: Prefix.optional(),
});
export type DestinationInput = z.infer<typeof DestinationInput>;

export const PutSync = PutSchedule.pick({ preset: true, at: true, cron: true, timeZone: true }).extend({
  resourceId: z.string(),
  enabled: z.boolean(),
  buckets: z.union([z.literal("all"), z.array(z.string().min(1).max(255)).min(1).max(10_000)]).default("all"),
  destination: DestinationInput,
  /** `mirror` also deletes at the destination what this sync copied there and the source does not have any more. */
  deletions: z.enum(SYNC_DELETIONS).default("keep"),
});
export type PutSync = z.infer<typeof PutSync>;

export const StartedSync = z.object({ job: JobView });
