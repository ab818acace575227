import { JOB_KINDS, JOB_PHASES, JOB_STATUSES, type JobProgress } from "@cofre/core/model";
import type { JobRequest } from "../../work/job-request.ts";
import { createdAt, id, moment, updatedAt } from "../columns.ts";
import type { KeptFault } from "../kept-fault.ts";
import { check, index, integer, jsonb, pgTable, sql, text } from "../orm.ts";
import { organizations } from "./organizations.ts";
import { projects } from "./projects.ts";
import { resources } from "./resources.ts";
import { servers } from "./servers.ts";

/** Who asked for something: a person, a program, or Cofre itself. */
export interface Requester {
  readonly kind: "user" | "key" | "schedule" | "system";
  readonly id: string | null;
  readonly name: string;
}

/** Runs of operations. The row, not the queue, says who works on it and whether it still does. */
export const jobs = pgTable(
  "jobs",
  {
    /** Also the id of its server job and the tag of everything it starts. */
    id: id(),
    organizationId: text("organization_id")
      .notNull()
      .references(() => organizations.id, { onDelete: "cascade" }),
    projectId: text("project_id").references(() => projects.id, { onDelete: "set null" }),
    serverId: text("server_id").references(() => servers.id, { onDelete: "set null" }),
    resourceId: text("resource_id").references(() => resources.id, { onDelete: "cascade" }),
    kind: text("kind", { enum: JOB_KINDS }).notNull(),
    status: text("status", { enum: JOB_STATUSES }).notNull().default("queued"),
    phase: text("phase", { enum: JOB_PHASES }).notNull().default("waiting"),
    progress: jsonb("progress").$type<JobProgress>(),
    request: jsonb("request").$type<JobRequest>().notNull(),
    backupIds: jsonb("backup_ids").$type<readonly string[]>().notNull().default([]),
    /** What the operation reported at its end (warnings, whether the old data is kept). */
    result: jsonb("result").$type<Readonly<Record<string, unknown>>>(),
    error: jsonb("error").$type<KeptFault>(),
    requestedBy: jsonb("requested_by").$type<Requester>().notNull(),
    cancelRequestedAt: moment("cancel_requested_at"),
    /** Fencing: a worker writes only while the row still carries the attempt that it claimed. */
    attempt: integer("attempt").notNull().default(0),
    workerId: text("worker_id"),
    leaseUntil: moment("lease_until"),
    heartbeatAt: moment("heartbeat_at"),
    /** What the next worker must know to go on or to clean up. */
    journal: jsonb("journal").$type<Readonly<Record<string, unknown>>>().notNull().default({}),
    createdAt: createdAt(),
    startedAt: moment("started_at"),
    finishedAt: moment("finished_at"),
    updatedAt: updatedAt(),
  },
  (t) => [
    index("jobs_organization_id_id_idx").on(t.organizationId, t.id.desc()),
    index("jobs_resource_id_id_idx").on(t.resourceId, t.id.desc()),
    index("jobs_updated_at_idx").on(t.updatedAt),
    index("jobs_open_idx").on(t.status).where(sql`${t.status} in ('queued', 'running')`),
    check(
      "jobs_status_check",
      sql`${t.status} in ('queued', 'running', 'succeeded', 'failed', 'cancelled', 'interrupted')`,
    ),
    check("jobs_over_has_end_check", sql`(${t.status} in ('queued', 'running')) = (${t.finishedAt} is null)`),
  ],
);
