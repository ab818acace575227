import { createdAt, updatedAt } from "../columns.ts";
import { check, integer, pgTable, sql, text } from "../orm.ts";
import { organizations } from "./organizations.ts";
import { resources } from "./resources.ts";

/** Commands around the backups of a resource, run where its engine's tools run. */
export const resourceHooks = pgTable(
  "resource_hooks",
  {
    resourceId: text("resource_id")
      .primaryKey()
      .references(() => resources.id, { onDelete: "cascade" }),
    organizationId: text("organization_id")
      .notNull()
      .references(() => organizations.id, { onDelete: "cascade" }),
    before: text("before"),
    after: text("after"),
    /** For each of the two. */
    timeoutSeconds: integer("timeout_seconds").notNull(),
    /** The job whose command before has begun and whose command after has not run: it is owed, whatever becomes of the job. */
    owedByJob: text("owed_by_job"),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (t) => [check("resource_hooks_timeout_check", sql`${t.timeoutSeconds} between 1 and 3600`)],
);
