import { bytes, createdAt, id, moment, updatedAt } from "../columns.ts";
import type { KeptFault } from "../kept-fault.ts";
import { check, index, integer, jsonb, pgTable, sql, text, uniqueIndex } from "../orm.ts";
import { organizations } from "./organizations.ts";

export const SERVER_KINDS = ["local", "ssh"] as const;
/** A removed one is only there for the backups that hang on it: nobody sees it or connects to it. */
export const SERVER_STATUSES = ["online", "offline", "unknown", "removed"] as const;

/** Machines we reach: this one, or by SSH. */
export const servers = pgTable(
  "servers",
  {
    id: id(),
    organizationId: text("organization_id")
      .notNull()
      .references(() => organizations.id, { onDelete: "cascade" }),
    name: text("name").notNull(),
    kind: text("kind", { enum: SERVER_KINDS }).notNull(),
    externalId: text("external_id"),
    host: text("host"),
    port: integer("port"),
    user: text("user"),
    /** Key and algorithm together: a pinned ed25519 key says nothing of the rsa one. */
    hostKeyAlgorithm: text("host_key_algorithm"),
    /** `SHA256:…`, as `ssh-keygen -l` prints it. */
    hostKeyFingerprint: text("host_key_fingerprint"),
    /** Password, private key and passphrase, sealed together. */
    sealedAuth: text("sealed_auth"),
    /** Names of what is in `sealedAuth`. */
    authFields: jsonb("auth_fields").$type<readonly string[]>().notNull().default([]),
    /** Folders below which members other than the instance's owner may take files. */
    allowedRoots: jsonb("allowed_roots").$type<readonly string[]>().notNull().default([]),
    status: text("status", { enum: SERVER_STATUSES }).notNull().default("unknown"),
    statusFault: jsonb("status_fault").$type<KeptFault>(),
    os: text("os"),
    /** How containers are reached there: `docker`, `sudo -n docker`, `podman`; null without any. */
    dockerClient: text("docker_client"),
    diskFreeBytes: bytes("disk_free_bytes"),
    diskTotalBytes: bytes("disk_total_bytes"),
    lastSeenAt: moment("last_seen_at"),
    lastScannedAt: moment("last_scanned_at"),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (t) => [
    index("servers_organization_id_idx").on(t.organizationId),
    uniqueIndex("servers_organization_id_external_id_key").on(t.organizationId, t.externalId),
    uniqueIndex("servers_only_one_local_key").on(t.kind).where(sql`${t.kind} = 'local'`),
    check("servers_kind_check", sql`${t.kind} in ('local', 'ssh')`),
    check(
      "servers_ssh_has_address_check",
      sql`${t.kind} = 'local' or (${t.host} is not null and ${t.port} is not null and ${t.user} is not null)`,
    ),
  ],
);
