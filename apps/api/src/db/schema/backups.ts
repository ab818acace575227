import type { Suspicion } from "@cofre/core";
import { BACKUP_ORIGINS, BACKUP_STATUSES, type ValidationDepth } from "@cofre/core/model";
import { bytes, createdAt, id, moment, updatedAt } from "../columns.ts";
import type { KeptFault } from "../kept-fault.ts";
import { boolean, check, index, jsonb, pgTable, sql, text, uniqueIndex } from "../orm.ts";
import { jobs } from "./jobs.ts";
import { organizations } from "./organizations.ts";
import { projects } from "./projects.ts";
import { resources } from "./resources.ts";
import { stores } from "./stores.ts";
import { users } from "./users.ts";

export interface BackedUpUnit {
  readonly name: string;
  readonly counts?: Readonly<Record<string, number>>;
  readonly digests?: Readonly<Record<string, string>>;
}

export interface Validation {
  readonly depth: ValidationDepth;
  readonly ok: boolean;
  /** ISO 8601 in UTC. */
  readonly at: string;
  readonly fault: KeptFault | null;
}

/** The catalogue: one row per archive, kept after its bytes are gone. */
export const backups = pgTable(
  "backups",
  {
    id: id(),
    organizationId: text("organization_id")
      .notNull()
      .references(() => organizations.id, { onDelete: "cascade" }),
    projectId: text("project_id")
      .notNull()
      .references(() => projects.id, { onDelete: "restrict" }),
    resourceId: text("resource_id")
      .notNull()
      .references(() => resources.id, { onDelete: "restrict" }),
    storeId: text("store_id")
      .notNull()
      .references(() => stores.id, { onDelete: "restrict" }),
    /** The run that made it, one or more backups each. */
    runId: text("run_id").notNull(),
    jobId: text("job_id").references(() => jobs.id, { onDelete: "set null" }),
    userId: text("user_id").references(() => users.id, { onDelete: "set null" }),
    origin: text("origin", { enum: BACKUP_ORIGINS }).notNull(),
    status: text("status", { enum: BACKUP_STATUSES }).notNull().default("pending"),
    type: text("type", { enum: ["database", "files"] }).notNull(),
    engine: text("engine").notNull(),
    engineVersion: text("engine_version"),
    /** The unit's name, or `all` where the engine combines several. */
    unit: text("unit").notNull(),
    units: jsonb("units").$type<readonly BackedUpUnit[]>().notNull().default([]),
    /** Key in the store, known once the bytes are at rest. */
    storeKey: text("store_key"),
    manifestKey: text("manifest_key"),
    /** Keys of what rests beside the archive besides the manifest. */
    riderKeys: jsonb("rider_keys").$type<readonly string[]>().notNull().default([]),
    filename: text("filename"),
    /** Absolute on the store's server. */
    filepath: text("filepath"),
    sizeBytes: bytes("size_bytes"),
    sha256: text("sha256"),
    /** Stages from the dump outwards: ["zstd"]. */
    stages: jsonb("stages").$type<readonly string[]>().notNull().default([]),
    format: text("format"),
    note: text("note"),
    pinned: boolean("pinned").notNull().default(false),
    /** Empty, or far smaller than those before: retention stops for its resource until somebody has looked. */
    suspicion: jsonb("suspicion").$type<Suspicion>(),
    /** Somebody looked at it and said that it is as it should be. */
    acceptedAt: moment("accepted_at"),
    warnings: jsonb("warnings").$type<readonly string[]>().notNull().default([]),
    manifest: jsonb("manifest").$type<Readonly<Record<string, unknown>>>(),
    validation: jsonb("validation").$type<Validation>(),
    error: jsonb("error").$type<KeptFault>(),
    createdAt: createdAt(),
    startedAt: moment("started_at"),
    completedAt: moment("completed_at"),
    /** The bytes are gone, by hand or by retention. */
    removedAt: moment("removed_at"),
    /** Set before `removed_at`: the backup is being removed, and is still shown. */
    removedReason: text("removed_reason"),
    updatedAt: updatedAt(),
  },
  (t) => [
    index("backups_resource_id_id_idx").on(t.resourceId, t.id.desc()),
    index("backups_project_id_idx").on(t.projectId),
    index("backups_organization_id_idx").on(t.organizationId),
    index("backups_job_id_idx").on(t.jobId),
    uniqueIndex("backups_store_id_store_key_key")
      .on(t.storeId, t.storeKey)
      .where(sql`${t.removedAt} is null`),
    check(
      "backups_status_check",
      sql`${t.status} in ('pending', 'running', 'completed', 'failed', 'cancelled')`,
    ),
    check(
      "backups_complete_has_digest_check",
      sql`${t.status} <> 'completed' or (${t.sha256} is not null and ${t.sizeBytes} is not null and ${t.storeKey} is not null and ${t.completedAt} is not null)`,
    ),
  ],
);
