/**
 * The one door to Drizzle's words. Node reads a package's whole list of exports for every module that imports from it, and this one's is
 * 130 kB: 150 such modules took half a second of every start.
 */
export {
  and,
  asc,
  count,
  desc,
  eq,
  gt,
  gte,
  inArray,
  isNotNull,
  isNull,
  like,
  lt,
  lte,
  ne,
  notExists,
  notInArray,
  or,
  type SQL,
  sql,
} from "drizzle-orm";
export {
  alias,
  bigint,
  boolean,
  check,
  index,
  integer,
  jsonb,
  type PgColumn,
  type PgDatabase,
  type PgQueryResultHKT,
  type PgTable,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
} from "drizzle-orm/pg-core";
