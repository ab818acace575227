import type { PgDatabase, PgQueryResultHKT } from "./orm.ts";
import type { schema } from "./schema.ts";

/** What `execute` answers: postgres.js gives the rows themselves, PGlite an object that holds them. */
type EitherResult<Row> = Row[] | { rows: Row[] };

interface EitherResultHKT extends PgQueryResultHKT {
  readonly type: EitherResult<Record<string, unknown>>;
}

/** The catalogue's database, or a transaction in it. Inside a transaction use the transaction alone: the outer one waits for it. */
export type Database = PgDatabase<EitherResultHKT, typeof schema>;

/** The rows of a raw query, whichever driver answered. */
export function rowsOf(result: EitherResult<Record<string, unknown>>): Record<string, unknown>[] {
  return Array.isArray(result) ? result : result.rows;
}
