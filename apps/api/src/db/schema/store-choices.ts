import { sql } from "drizzle-orm";
import { check, jsonb, pgTable, text } from "drizzle-orm/pg-core";
import { createdAt, id, updatedAt } from "../columns.ts";
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
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (t) => [check("store_choices_of_one_check", sql`(${t.projectId} is null) <> (${t.resourceId} is null)`)],
);
