import { RESOURCE_STATUSES } from "@cofre/core/model";
import { createdAt, id, moment, updatedAt } from "../columns.ts";
import type { KeptFault } from "../kept-fault.ts";
import { boolean, check, index, integer, jsonb, pgTable, sql, text, uniqueIndex } from "../orm.ts";
import { organizations } from "./organizations.ts";
import { projects } from "./projects.ts";
import { servers } from "./servers.ts";
import { users } from "./users.ts";

export interface KnownUnit {
  readonly name: string;
  readonly sourceBytes: number | null;
}

/** What users own: one database server, one object store, one set of paths. */
export const resources = pgTable(
  "resources",
  {
    id: id(),
    organizationId: text("organization_id")
      .notNull()
      .references(() => organizations.id, { onDelete: "cascade" }),
    projectId: text("project_id")
      .notNull()
      .references(() => projects.id, { onDelete: "restrict" }),
    serverId: text("server_id")
      .notNull()
      .references(() => servers.id, { onDelete: "restrict" }),
    /** Known by the registry alone, so it is text. */
    engine: text("engine").notNull(),
    name: text("name").notNull(),
    /** Part of every archive's path, so it is unique in the installation and never changes. */
    slug: text("slug").notNull().unique("resources_slug_key"),
    externalId: text("external_id"),
    /** By platform labels, compose project and service, or container name: the same after a redeploy. Null without a container. */
    identity: text("identity"),
    /** Where it lives now. */
    containerId: text("container_id"),
    containerName: text("container_name"),
    image: text("image"),
    port: integer("port"),
    version: text("version"),
    status: text("status", { enum: RESOURCE_STATUSES }).notNull().default("unknown"),
    health: text("health", { enum: ["healthy", "unhealthy", "starting"] }),
    /** Found by a scan, not added by hand. */
    detected: boolean("detected").notNull(),
    /** The engine's config without its secrets. */
    config: jsonb("config").$type<Readonly<Record<string, unknown>>>().notNull().default({}),
    /** The config's secret fields, sealed together. */
    sealedSecrets: text("sealed_secrets"),
    /** Names of what is in `sealedSecrets`. */
    secretFields: jsonb("secret_fields").$type<readonly string[]>().notNull().default([]),
    /** Edited by hand: a scan no longer overwrites these fields of the config. */
    editedFields: jsonb("edited_fields").$type<readonly string[]>().notNull().default([]),
    /** Moved by hand: a selector no longer moves it. */
    projectChosen: boolean("project_chosen").notNull().default(false),
    /** From the last inspection. */
    units: jsonb("units").$type<readonly KnownUnit[]>(),
    inspectedAt: moment("inspected_at"),
    inspectFault: jsonb("inspect_fault").$type<KeptFault>(),
    lastSeenAt: moment("last_seen_at"),
    createdBy: text("created_by").references(() => users.id, { onDelete: "set null" }),
    /** Removed by hand; the row stays for the backups that were kept, and so that a scan does not bring it back. */
    removedAt: moment("removed_at"),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (t) => [
    index("resources_project_id_idx").on(t.projectId),
    index("resources_server_id_idx").on(t.serverId),
    uniqueIndex("resources_server_id_identity_engine_key").on(t.serverId, t.identity, t.engine),
    uniqueIndex("resources_organization_id_external_id_key").on(t.organizationId, t.externalId),
    check("resources_status_check", sql`${t.status} in ('running', 'stopped', 'missing', 'unknown')`),
  ],
);
