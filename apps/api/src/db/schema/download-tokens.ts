import { createdAt, id, moment } from "../columns.ts";
import { index, jsonb, pgTable, text } from "../orm.ts";
import { backups } from "./backups.ts";
import type { Requester } from "./jobs.ts";
import { organizations } from "./organizations.ts";

/** Links that download one backup without a key, for an hour. Only the token's digest is kept. */
export const downloadTokens = pgTable(
  "download_tokens",
  {
    id: id(),
    organizationId: text("organization_id")
      .notNull()
      .references(() => organizations.id, { onDelete: "cascade" }),
    backupId: text("backup_id")
      .notNull()
      .references(() => backups.id, { onDelete: "cascade" }),
    /** SHA-256 in hex. */
    hash: text("hash").notNull().unique("download_tokens_hash_key"),
    createdBy: jsonb("created_by").$type<Requester>().notNull(),
    expiresAt: moment("expires_at").notNull(),
    revokedAt: moment("revoked_at"),
    createdAt: createdAt(),
  },
  (t) => [index("download_tokens_backup_id_idx").on(t.backupId)],
);
