import { bigint, integer, pgTable, text } from "../orm.ts";

/** Counters shared by every process of this installation. The columns are rate-limiter-flexible's. */
export const rateLimits = pgTable("rate_limits", {
  key: text("key").primaryKey(),
  points: integer("points").notNull().default(0),
  /** Milliseconds since 1970. */
  expire: bigint("expire", { mode: "number" }),
});
