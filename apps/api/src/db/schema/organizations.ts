import { createdAt, id, updatedAt } from "../columns.ts";
import { pgTable, text } from "../orm.ts";

/** Tenants. Every other row belongs to one. */
export const organizations = pgTable("organizations", {
  id: id(),
  name: text("name").notNull(),
  createdAt: createdAt(),
  updatedAt: updatedAt(),
});
