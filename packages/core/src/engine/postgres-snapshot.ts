import type { Command } from "../host/host.ts";
import type { UnitFacts } from "../model/engine.ts";
import { Fault } from "../model/fault.ts";
import { type FactsWanted, factsSql, readFacts, STEADY_SETTINGS } from "./postgres-facts.ts";
import { psql, type Session } from "./postgres-session.ts";
import { applicationName, literal } from "./postgres-sql.ts";

/** Last line of a companion that counted everything: one that was cut has no such line. */
const DONE = "cofre:done";

/** The variable by which the dump gets the snapshot's id. */
export const SNAPSHOT_VARIABLE = "COFRE_SNAPSHOT";

/**
 * One session that exports its snapshot as the first line, keeps it until the dump has taken it over, counts in it, and ends. A
 * snapshot that is held longer keeps vacuum from its work in every database of the server.
 */
export function snapshotKeeper(session: Session, database: string, wanted: FactsWanted): Command {
  const statements = [
    STEADY_SETTINGS,
    "begin isolation level repeatable read read only",
    "select pg_catalog.pg_export_snapshot()",
    untilTaken(applicationName(session.reach.tag, "dump")),
    ...factsSql(wanted),
    "commit",
    `select ${literal(DONE)}`,
  ];
  return psql(session, statements, { database, role: "count" });
}

/**
 * Waits for a dump that is past `SET TRANSACTION SNAPSHOT`: before that its statements are the first of their transaction, or the
 * settings at its start. A dump that came and went between two looks has taken it too. Gives up after a minute in which none was
 * seen: it may have come and gone between two looks of a server that has no time, and one that comes later fails by itself.
 */
function untilTaken(dump: string): string {
  return `do $$ declare seen boolean := false; here boolean; begin
for i in 1..30000 loop
 perform pg_catalog.pg_stat_clear_snapshot();
 exit when exists (select from pg_catalog.pg_stat_activity where application_name = ${literal(dump)} and datname = current_database()
  and backend_xmin is not null and xact_start < query_start and query !~* '^\\s*(begin|set)\\y');
 select exists (select from pg_catalog.pg_stat_activity where application_name = ${literal(dump)}) into here;
 exit when seen and not here or not here and i > 3000;
 seen := here;
 perform pg_catalog.pg_sleep(0.02);
end loop; end $$`;
}

/** The facts of what the keeper printed. Throws `dump.incomplete` when it did not come to its end. */
export function keptFacts(database: string, printed: string | null): UnitFacts {
  const lines = (printed ?? "").trimEnd().split("\n");
  if (lines.at(-1) !== DONE) {
    throw new Fault("dump.incomplete", `the session that counts ${database} did not come to its end`, {
      hint: "Look at PostgreSQL's log for a session that was ended, then try again.",
      context: { lines: lines.length },
    });
  }
  return readFacts(database, lines.slice(1, -1).join("\n"));
}
