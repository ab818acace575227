import { createdAt, moment } from "../columns.ts";
import { index, integer, jsonb, pgTable, primaryKey, text } from "../orm.ts";
import { organizations } from "./organizations.ts";

export interface KeptAnswer {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** First answers to requests that a caller may repeat. */
export const idempotencyKeys = pgTable(
  "idempotency_keys",
  {
    organizationId: text("organization_id")
      .notNull()
      .references(() => organizations.id, { onDelete: "cascade" }),
    /** Two callers never share a key. */
    callerId: text("caller_id").notNull(),
    key: text("key").notNull(),
    /** Keyed digest of method, path and input. */
    requestHash: text("request_hash").notNull(),
    /** Null while the first request is still being answered. */
    status: integer("status"),
    answer: jsonb("answer").$type<KeptAnswer>(),
    createdAt: createdAt(),
    expiresAt: moment("expires_at").notNull(),
  },
  (t) => [
    primaryKey({ name: "idempotency_keys_pkey", columns: [t.organizationId, t.callerId, t.key] }),
    index("idempotency_keys_expires_at_idx").on(t.expiresAt),
  ],
);
