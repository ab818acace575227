import { createdAt, id, updatedAt } from "../columns.ts";
import { check, jsonb, pgTable, sql, text } from "../orm.ts";
import { organizations } from "./organizations.ts";
import { projects } from "./projects.ts";
import { resources } from "./resources.ts";

/** For which keys the backups of a resource, or of all resources of a project, are encrypted. */
export const encryptionChoices = pgTable(
  "encryption_choices",
  {
    id: id(),
    organizationId: text("organization_id")
      .notNull()
      .references(() => organizations.id, { onDelete: "cascade" }),
    projectId: text("project_id")
      .unique("encryption_choices_project_id_key")
      .references(() => projects.id, { onDelete: "cascade" }),
    resourceId: text("resource_id")
      .unique("encryption_choices_resource_id_key")
      .references(() => resources.id, { onDelete: "cascade" }),
    /** Ids of encryption keys, each of which opens the archives; an empty list leaves them plain. */
    keyIds: jsonb("key_ids").$type<readonly string[]>().notNull(),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (t) => [
    check("encryption_choices_of_one_check", sql`(${t.projectId} is null) <> (${t.resourceId} is null)`),
  ],
);
