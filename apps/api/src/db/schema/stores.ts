import { sql } from "drizzle-orm";
import { boolean, check, index, pgTable, text, uniqueIndex } from "drizzle-orm/pg-core";
import { bytes, createdAt, id, moment, updatedAt } from "../columns.ts";
import { organizations } from "./organizations.ts";
import { servers } from "./servers.ts";

export const STORE_KINDS = ["directory"] as const;

/** Where archives rest. A directory store is a folder on a server. */
export const stores = pgTable(
  "stores",
  {
    id: id(),
    organizationId: text("organization_id")
      .notNull()
      .references(() => organizations.id, { onDelete: "cascade" }),
    name: text("name").notNull(),
    kind: text("kind", { enum: STORE_KINDS }).notNull(),
    serverId: text("server_id").references(() => servers.id, { onDelete: "restrict" }),
    root: text("root"),
    /** Settings of kinds to come, secrets included. */
    sealedConfig: text("sealed_config"),
    /** Where the resources of its own server rest unless told otherwise. */
    isDefault: boolean("is_default").notNull().default(false),
    freeBytes: bytes("free_bytes"),
    totalBytes: bytes("total_bytes"),
    checkedAt: moment("checked_at"),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (t) => [
    index("stores_organization_id_idx").on(t.organizationId),
    uniqueIndex("stores_server_id_root_key").on(t.serverId, t.root),
    uniqueIndex("stores_one_default_per_server_key").on(t.serverId).where(sql`${t.isDefault}`),
    check("stores_kind_check", sql`${t.kind} in ('directory')`),
    check(
      "stores_directory_has_place_check",
      sql`${t.kind} <> 'directory' or (${t.serverId} is not null and ${t.root} is not null)`,
    ),
  ],
);
