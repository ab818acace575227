import { createdAt, id, updatedAt } from "../columns.ts";
import { boolean, pgTable, text } from "../orm.ts";

/** People. The columns are better-auth's; `locale` is ours. */
export const users = pgTable("users", {
  id: id(),
  name: text("name").notNull(),
  /** Lower case. */
  email: text("email").notNull().unique("users_email_key"),
  emailVerified: boolean("email_verified").notNull().default(false),
  image: text("image"),
  locale: text("locale"),
  createdAt: createdAt(),
  updatedAt: updatedAt(),
});
