import type { UnitFacts } from "../model/engine.ts";
import { literal, named } from "./mysqlish-sql.ts";
import type { Vendor } from "./mysqlish-vendor.ts";

/** Tables whose rows a snapshot shows as they were at one moment; of others the rows are not told. */
const TRANSACTIONAL = "engine in (select engine from information_schema.engines where transactions = 'YES')";

/** What holds rows of its own: no view, no sequence. */
const TABLES = "table_type in ('BASE TABLE', 'SYSTEM VERSIONED')";

/** Prints the statements that count the rows of each table; the mark is part of each, so that its session can be found. */
export function countingSql(database: string, mark: string): string {
  return `select concat('select ''row'', ''', hex(table_name), ''', count(*), ''${mark}'' from \`', replace(${literal(database)}, '\`', '\`\`'),
 '\`.\`', replace(table_name, '\`', '\`\`'), '\`;') from information_schema.tables where ${named("table_schema", database)} and ${TABLES} and ${TRANSACTIONAL}
union all select concat('select ''rows'', '''', ', count(*), ';') from information_schema.tables where ${named("table_schema", database)} and ${TABLES} and ${TRANSACTIONAL}`;
}

/** Prints what a schema consists of: a dump that lost its triggers has all its rows. */
export function objectsSql(vendor: Vendor, database: string): readonly string[] {
  const count = (what: string, from: string, rest = ""): string => {
    const [table = "", schema = ""] = from.split(".");
    return `select 'object', '${what}', count(*) from information_schema.${table} where ${named(schema, database)}${rest}`;
  };
  return [
    count("(tables)", "tables.table_schema", ` and ${TABLES}`),
    count("(views)", "views.table_schema"),
    count("(columns)", "columns.table_schema"),
    count("(indexes)", "statistics.table_schema", " and seq_in_index = 1"),
    count(
      "(constraints)",
      "table_constraints.constraint_schema",
      " and constraint_type in ('FOREIGN KEY', 'CHECK')",
    ),
    count("(triggers)", "triggers.trigger_schema"),
    count("(routines)", "routines.routine_schema"),
    count("(events)", "events.event_schema"),
    ...(vendor.id === "mariadb"
      ? [count("(sequences)", "tables.table_schema", " and table_type = 'SEQUENCE'")]
      : []),
  ];
}

export interface Counted {
  readonly facts: UnitFacts;
  /** How many tables were to be counted; fewer rows of the answer than this is an answer that was cut. */
  readonly isWhole: boolean;
}

/** Reads what the statements printed. Lines of others are left out. */
export function readFacts(name: string, printed: string): Counted {
  const counts: Record<string, number> = {};
  let announced = -1;
  let seen = 0;
  for (const line of printed.split("\n").sort()) {
    const [kind, what = "", count = ""] = line.split("\t");
    if (kind === "row") {
      counts[Buffer.from(what, "hex").toString()] = Number(count);
      seen += 1;
    }
    if (kind === "object") counts[what] = Number(count);
    if (kind === "rows") announced = Number(count);
  }
  return { facts: { name, counts }, isWhole: announced === seen };
}

/** The same facts without rows, where those were not counted in the dump's own moment. */
export function withoutRows({ name, counts }: UnitFacts): UnitFacts {
  return {
    name,
    counts: Object.fromEntries(Object.entries(counts).filter(([what]) => /^\(.*\)$/.test(what))),
  };
}
