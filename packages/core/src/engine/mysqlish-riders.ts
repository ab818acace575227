import { z } from "zod";
import type { Rider } from "./engine.ts";
import { type Account, accountsOf, usersRider } from "./mysqlish-accounts.ts";
import type { About } from "./mysqlish-inspect.ts";
import { serverUsersRider } from "./mysqlish-server-users.ts";
import { askAll, rowsOf, type Session } from "./mysqlish-session.ts";
import { identifier, named } from "./mysqlish-sql.ts";
import type { Vendor } from "./mysqlish-vendor.ts";

const DATABASE_RIDER = "database.sql";
const MARK = "-- cofre: ";

export const Properties = z.object({ charset: z.string(), collation: z.string() });

/** What `CREATE DATABASE` needs to make one like it. */
export type Properties = z.infer<typeof Properties>;

const Header = z.object({
  vendor: z.string(),
  name: z.string(),
  properties: Properties,
  /** Collations that its tables, columns and code use. */
  collations: z.array(z.string()),
  engines: z.array(z.string()),
  sourceBytes: z.number(),
});

export type DatabaseRider = z.infer<typeof Header>;

/** What is known of a database before its dump begins. */
export interface Survey {
  readonly header: DatabaseRider;
  readonly accounts: readonly Account[];
  /** About everybody on the server. */
  readonly everybody: readonly Rider[];
  readonly warnings: readonly string[];
}

const Table = z.object({
  name: z.string(),
  engine: z.string().nullable(),
  type: z.string(),
  isTransactional: z.string().nullable(),
});
type Table = z.infer<typeof Table>;

const Column = z.object({ name: z.string(), type: z.string() });
type Column = z.infer<typeof Column>;

function propertiesSql(database: string): string {
  return `json_object('charset', default_character_set_name, 'collation', default_collation_name) from information_schema.schemata
 where ${named("schema_name", database)}`;
}

export async function surveyDatabase(session: Session, about: About, database: string): Promise<Survey> {
  const asked = askAll(session, {
    properties: `select ${propertiesSql(database)}`,
    tables: `select json_object('name', table_name, 'engine', t.engine, 'type', table_type, 'isTransactional', e.transactions)
 from information_schema.tables t left join information_schema.engines e on e.engine = t.engine
 where ${named("table_schema", database)} and table_type <> 'VIEW'`,
    collations: collationsSql(database),
    columns: `select json_object('name', concat(table_name, '.', column_name), 'type', data_type) from information_schema.columns
 where ${named("table_schema", database)} and (data_type in ('enum', 'set') and column_type like '%?%' or data_type = 'float')
  and table_name not in (select table_name from information_schema.views where ${named("table_schema", database)})`,
  });
  const { hasPatterns } = about.rights;
  const [seen, found, everybody] = await Promise.all([
    asked,
    accountsOf(session, { database, hasPatterns }),
    serverUsersRider(session),
  ]);
  const [properties] = rowsOf(seen.properties);
  const tables = rowsOf(seen.tables).map((row) => Table.parse(row));
  const columns = rowsOf(seen.columns).map((row) => Column.parse(row));
  const header: DatabaseRider = {
    vendor: session.vendor.id,
    name: database,
    properties: Properties.parse(properties),
    collations: z.array(z.string()).parse(rowsOf(seen.collations)).sort(),
    engines: [...new Set(tables.flatMap(({ engine }) => engine ?? []))].sort(),
    sourceBytes: about.units.find(({ name }) => name === database)?.sourceBytes ?? 0,
  };
  return {
    header,
    accounts: found.accounts,
    everybody,
    warnings: [...warningsOf(session.vendor, tables, columns), ...found.warnings],
  };
}

function collationsSql(database: string): string {
  const of = (column: string, table: string, schema: string): string =>
    `select ${column} as name from information_schema.${table} where ${named(schema, database)}`;
  return `select json_quote(name) from (${of("collation_name", "columns", "table_schema")} union ${of("table_collation", "tables", "table_schema")}
 union ${of("collation_connection", "views", "table_schema")} union ${of("collation_connection", "routines", "routine_schema")}
 union ${of("default_collation_name", "schemata", "schema_name")}) used where name is not null`;
}

function warningsOf(vendor: Vendor, tables: readonly Table[], columns: readonly Column[]): readonly string[] {
  const loose = tables.filter(
    ({ type, isTransactional }) => type !== "SEQUENCE" && isTransactional !== "YES",
  );
  const versioned = tables.filter(({ type }) => type === "SYSTEM VERSIONED").map(({ name }) => name);
  const floats = columns.filter(({ type }) => type === "float").map(({ name }) => name);
  const labels = columns.filter(({ type }) => type !== "float").map(({ name }) => name);
  const told: readonly (readonly [words: string, names: readonly string[]])[] = [
    [
      "tables that know no transactions are each as they were when they were read, not of one moment with the rest, and their rows were not counted",
      loose.map(({ name, engine }) => `${name} (${engine})`),
    ],
    ["the dump has the present rows of system-versioned tables, not their history", versioned],
    [
      `${vendor.label} writes FLOAT columns with six digits, so that longer numbers come back rounded`,
      floats,
    ],
    [
      "a ? in the labels of ENUM and SET columns may stand for an emoji, which the server itself cannot tell its dump program: such values would come back empty",
      labels,
    ],
  ];
  return told.filter(([, names]) => names.length > 0).map(([words, names]) => `${words}: ${listed(names)}`);
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 5).join(", ");
  return names.length > 5 ? `${shown} and ${names.length - 5} more` : shown;
}

export function createDatabase(name: string, { charset, collation }: Properties): string {
  return `create database ${identifier(name)} character set ${charset} collate ${collation}`;
}

export function alterDatabase(name: string, { charset, collation }: Properties): string {
  return `alter database ${identifier(name)} character set ${charset} collate ${collation}`;
}

/** What the dump of one database leaves out: how it was made. The rest of the text is for people with a client alone. */
function databaseRider(vendor: Vendor, database: string, { header }: Survey): Rider {
  // A newline in a name would end the comment; JSON has none.
  const create = createDatabase(database, header.properties);
  return {
    name: DATABASE_RIDER,
    text: `${MARK}${JSON.stringify({ ...header, vendor: vendor.id })}\n${create};\n`,
  };
}

/** All small texts that ride beside the archive. */
export function ridersOf(vendor: Vendor, database: string, survey: Survey): readonly Rider[] {
  return [databaseRider(vendor, database, survey), ...usersRider(survey.accounts), ...survey.everybody];
}

/** Undefined for archives from elsewhere, which have none. */
export function readDatabaseRider(riders: readonly Rider[]): DatabaseRider | undefined {
  const text = riders.find((rider) => rider.name === DATABASE_RIDER)?.text;
  if (text?.startsWith(MARK) !== true) return undefined;
  return Header.parse(JSON.parse(text.slice(MARK.length, text.indexOf("\n"))));
}
