import { createdAt, id, moment } from "../columns.ts";
import { check, index, pgTable, sql, text } from "../orm.ts";
import { ROLES } from "./memberships.ts";
import { organizations } from "./organizations.ts";
import { projects } from "./projects.ts";
import { users } from "./users.ts";

/** Keys of programs. Only their digest is kept: 256 random bits need no salt and no slow hash. */
export const apiKeys = pgTable(
  "api_keys",
  {
    id: id(),
    organizationId: text("organization_id")
      .notNull()
      .references(() => organizations.id, { onDelete: "cascade" }),
    name: text("name").notNull(),
    role: text("role", { enum: ROLES }).notNull(),
    /** Set when the key sees this project alone. */
    projectId: text("project_id").references(() => projects.id, { onDelete: "cascade" }),
    /** SHA-256 in hex. */
    hash: text("hash").notNull().unique("api_keys_hash_key"),
    /** The key's first characters, to tell it from others. */
    start: text("start").notNull(),
    createdBy: text("created_by").references(() => users.id, { onDelete: "set null" }),
    expiresAt: moment("expires_at"),
    lastUsedAt: moment("last_used_at"),
    revokedAt: moment("revoked_at"),
    createdAt: createdAt(),
  },
  (t) => [
    index("api_keys_organization_id_idx").on(t.organizationId),
    check("api_keys_role_check", sql`${t.role} in ('viewer', 'operator', 'admin', 'owner')`),
  ],
);
