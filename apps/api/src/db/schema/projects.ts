import { createdAt, id, updatedAt } from "../columns.ts";
import { jsonb, pgTable, text, uniqueIndex } from "../orm.ts";
import { organizations } from "./organizations.ts";

/** What a project takes in by itself. Both parts must agree; an empty part agrees with everything. */
export interface Selector {
  /** Ids of servers. */
  readonly servers: readonly string[];
  /** Labels of the container; an empty value asks only that the label is there. */
  readonly labels: Readonly<Record<string, string>>;
}

/** Groups of resources, as in the deploy manager. */
export const projects = pgTable(
  "projects",
  {
    id: id(),
    organizationId: text("organization_id")
      .notNull()
      .references(() => organizations.id, { onDelete: "cascade" }),
    name: text("name").notNull(),
    /** Part of every archive's path, so it is unique in the installation and never changes. */
    slug: text("slug").notNull().unique("projects_slug_key"),
    externalId: text("external_id"),
    /** Null takes in nothing by itself. */
    selector: jsonb("selector").$type<Selector>(),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (t) => [uniqueIndex("projects_organization_id_external_id_key").on(t.organizationId, t.externalId)],
);
