import { moment } from "../columns.ts";
import { integer, pgTable, text } from "../orm.ts";
import { jobs } from "./jobs.ts";
import { resources } from "./resources.ts";

/** One job per resource at a time, across all kinds. */
export const resourceLocks = pgTable("resource_locks", {
  resourceId: text("resource_id")
    .primaryKey()
    .references(() => resources.id, { onDelete: "cascade" }),
  jobId: text("job_id")
    .notNull()
    .references(() => jobs.id, { onDelete: "cascade" }),
  attempt: integer("attempt").notNull(),
  acquiredAt: moment("acquired_at").notNull().defaultNow(),
});
