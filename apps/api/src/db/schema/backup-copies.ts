import { BACKUP_STATUSES } from "@cofre/core/model";
import { createdAt, id, moment, updatedAt } from "../columns.ts";
import type { KeptFault } from "../kept-fault.ts";
import { check, index, jsonb, pgTable, sql, text, uniqueIndex } from "../orm.ts";
import { backups } from "./backups.ts";
import { jobs } from "./jobs.ts";
import { organizations } from "./organizations.ts";
import { stores } from "./stores.ts";

/** The same archive in further stores than its first. A copy goes with its backup. */
export const backupCopies = pgTable(
  "backup_copies",
  {
    id: id(),
    organizationId: text("organization_id")
      .notNull()
      .references(() => organizations.id, { onDelete: "cascade" }),
    backupId: text("backup_id")
      .notNull()
      .references(() => backups.id, { onDelete: "cascade" }),
    storeId: text("store_id")
      .notNull()
      .references(() => stores.id, { onDelete: "cascade" }),
    jobId: text("job_id").references(() => jobs.id, { onDelete: "set null" }),
    status: text("status", { enum: BACKUP_STATUSES }).notNull().default("pending"),
    /** Key in the store, known before the first byte is sent. */
    storeKey: text("store_key"),
    /** As it lies in this store: its keys may be others than in the first. */
    manifest: jsonb("manifest").$type<Readonly<Record<string, unknown>>>(),
    error: jsonb("error").$type<KeptFault>(),
    createdAt: createdAt(),
    /** Read back from the store to its last byte, and equal. */
    verifiedAt: moment("verified_at"),
    updatedAt: updatedAt(),
  },
  (t) => [
    index("backup_copies_store_id_idx").on(t.storeId),
    uniqueIndex("backup_copies_one_per_store_key")
      .on(t.backupId, t.storeId)
      .where(sql`${t.status} in ('pending', 'running', 'completed')`),
    check(
      "backup_copies_complete_is_verified_check",
      sql`${t.status} <> 'completed' or (${t.storeKey} is not null and ${t.manifest} is not null and ${t.verifiedAt} is not null)`,
    ),
  ],
);
