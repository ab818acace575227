import { id, moment } from "../columns.ts";
import { check, index, integer, jsonb, pgTable, sql, text, uniqueIndex } from "../orm.ts";
import type { Requester } from "./jobs.ts";
import { organizations } from "./organizations.ts";

export const AUDIT_RESULTS = ["ok", "refused", "failed"] as const;

export interface AuditTarget {
  readonly kind: string;
  readonly id: string | null;
  readonly name: string | null;
}

/** Who did what, from where, with what result. Append-only (a trigger keeps it so); each row carries the digest of the one before. */
export const auditEvents = pgTable(
  "audit_events",
  {
    id: id(),
    organizationId: text("organization_id")
      .notNull()
      .references(() => organizations.id, { onDelete: "restrict" }),
    /** From one, without gaps, per organization. */
    position: integer("position").notNull(),
    at: moment("at").notNull(),
    actor: jsonb("actor").$type<Requester>().notNull(),
    address: text("address"),
    requestId: text("request_id"),
    /** The procedure's name: `backups.restore`. */
    action: text("action").notNull(),
    target: jsonb("target").$type<AuditTarget>(),
    result: text("result", { enum: AUDIT_RESULTS }).notNull(),
    /** Of the fault, when there was one. */
    code: text("code"),
    previousHash: text("previous_hash").notNull(),
    hash: text("hash").notNull(),
  },
  (t) => [
    uniqueIndex("audit_events_organization_id_position_key").on(t.organizationId, t.position),
    index("audit_events_organization_id_at_idx").on(t.organizationId, t.at.desc()),
    check("audit_events_result_check", sql`${t.result} in ('ok', 'refused', 'failed')`),
  ],
);
