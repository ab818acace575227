import { pgTable, text } from "drizzle-orm/pg-core";
import { createdAt, id, updatedAt } from "../columns.ts";

/** Tenants. Every other row belongs to one. */
export const organizations = pgTable("organizations", {
  id: id(),
  name: text("name").notNull(),
  createdAt: createdAt(),
  updatedAt: updatedAt(),
});
