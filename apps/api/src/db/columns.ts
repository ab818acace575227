import { randomBytes } from "node:crypto";
import { bigint, text, timestamp } from "./orm.ts";

/**
 * 32 hex characters: 48 bits of milliseconds, then 80 random ones (RFC 9562's version 7 without its dashes and marks). Sorting by
 * id is sorting by time, so that an id is also the cursor of a list; and it is the shape that a server job's id must have.
 */
export function newId(now: Date = new Date()): string {
  return now.getTime().toString(16).padStart(12, "0") + randomBytes(10).toString("hex");
}

export const id = () =>
  text("id")
    .primaryKey()
    .$defaultFn(() => newId());

/** Always `timestamptz`. */
export const moment = (name: string) => timestamp(name, { withTimezone: true, mode: "date" });

/** Bytes: beyond 2^31, below 2^53. */
export const bytes = (name: string) => bigint(name, { mode: "number" });

export const createdAt = () => moment("created_at").notNull().defaultNow();

export const updatedAt = () =>
  moment("updated_at")
    .notNull()
    .defaultNow()
    .$onUpdate(() => new Date());
