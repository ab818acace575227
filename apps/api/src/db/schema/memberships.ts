import { createdAt, id } from "../columns.ts";
import { check, pgTable, sql, text, uniqueIndex } from "../orm.ts";
import { organizations } from "./organizations.ts";
import { users } from "./users.ts";

/** From the one who may only look to the one who may do everything. */
export const ROLES = ["viewer", "operator", "admin", "owner"] as const;
export type Role = (typeof ROLES)[number];

/** Who belongs to which organization, and as what. */
export const memberships = pgTable(
  "memberships",
  {
    id: id(),
    organizationId: text("organization_id")
      .notNull()
      .references(() => organizations.id, { onDelete: "cascade" }),
    userId: text("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    role: text("role", { enum: ROLES }).notNull(),
    createdAt: createdAt(),
  },
  (t) => [
    uniqueIndex("memberships_user_id_organization_id_key").on(t.userId, t.organizationId),
    check("memberships_role_check", sql`${t.role} in ('viewer', 'operator', 'admin', 'owner')`),
  ],
);
