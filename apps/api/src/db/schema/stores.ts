import { bytes, createdAt, id, moment, updatedAt } from "../columns.ts";
import { boolean, check, index, jsonb, pgTable, sql, text, uniqueIndex } from "../orm.ts";
import { organizations } from "./organizations.ts";
import { servers } from "./servers.ts";

export const STORE_KINDS = ["directory", "s3"] as const;

/** How an S3 is reached and used; the secret key rests beside it, sealed. */
export interface S3Settings {
  readonly endpoint: string;
  readonly region: string;
  readonly bucket: string;
  /** A folder of the bucket; empty for all of it. */
  readonly prefix: string;
  readonly accessKey: string;
  readonly pathStyle: boolean;
  readonly storageClass?: string | undefined;
  readonly lock?: { readonly mode: "GOVERNANCE" | "COMPLIANCE"; readonly days: number } | undefined;
  /** PEM. */
  readonly ca?: string | undefined;
  /** Set by the installation's owner alone: the endpoint may lie in Cofre's own network. */
  readonly mayBePrivate: boolean;
}

/** Where archives rest. A directory store is a folder on a server, an S3 store a folder of a bucket. */
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
    /** Of an S3 store. */
    settings: jsonb("settings").$type<S3Settings>(),
    /** Secrets of the settings. */
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
    check("stores_kind_check", sql`${t.kind} in ('directory', 's3')`),
    check(
      "stores_directory_has_place_check",
      sql`${t.kind} <> 'directory' or (${t.serverId} is not null and ${t.root} is not null)`,
    ),
    check(
      "stores_s3_has_settings_check",
      sql`${t.kind} <> 's3' or (${t.serverId} is null and ${t.settings} is not null and ${t.sealedConfig} is not null)`,
    ),
  ],
);
