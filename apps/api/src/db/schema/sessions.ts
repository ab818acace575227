import { createdAt, id, moment, updatedAt } from "../columns.ts";
import { index, pgTable, text } from "../orm.ts";
import { users } from "./users.ts";

/** Signed-in browsers. The token alone opens nothing: the cookie carries it signed with a key derived from the master key. */
export const sessions = pgTable(
  "sessions",
  {
    id: id(),
    userId: text("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    token: text("token").notNull().unique("sessions_token_key"),
    expiresAt: moment("expires_at").notNull(),
    ipAddress: text("ip_address"),
    userAgent: text("user_agent"),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (t) => [index("sessions_user_id_idx").on(t.userId)],
);
