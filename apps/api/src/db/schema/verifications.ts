import { createdAt, id, moment, updatedAt } from "../columns.ts";
import { index, pgTable, text } from "../orm.ts";

/** Short-lived proofs (a password being reset). The columns are better-auth's. */
export const verifications = pgTable(
  "verifications",
  {
    id: id(),
    identifier: text("identifier").notNull(),
    value: text("value").notNull(),
    expiresAt: moment("expires_at").notNull(),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (t) => [index("verifications_identifier_idx").on(t.identifier)],
);
