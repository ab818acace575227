import { z } from "zod";
import type { Rider } from "./engine.ts";
import type { Preflight } from "./postgres-preflight.ts";
import { createStatement, DatabaseProperties, propertyStatements } from "./postgres-properties.ts";
import { program, run, type Session } from "./postgres-session.ts";

const DATABASE_RIDER = "database.sql";
const GLOBALS_RIDER = "globals.sql";
const MARK = "-- cofre: ";

/** First line of the rider, for us; the rest is for people with psql alone. */
const Header = z.object({
  properties: DatabaseProperties,
  extensions: z.array(z.string()),
  roles: z.array(z.string()),
  /** See Preflight; riders from before these were told apart have neither. */
  owners: z.array(z.string()).optional(),
  superOwners: z.array(z.string()).optional(),
  named: z.array(z.string()).optional(),
  sourceBytes: z.number(),
});

export type DatabaseRider = z.infer<typeof Header>;

/** What `pg_dump` leaves out of one database: how it was created, who owns it, its settings and grants. */
export function databaseRider(database: string, known: Preflight): Rider {
  const { properties } = known;
  const header = Header.parse(known);
  const statements = [createStatement(database, properties, []), ...propertyStatements(database, properties)];
  // A newline in a name would end the comment; JSON has none.
  const text = `${MARK}${JSON.stringify(header)}\n${statements.map((sql) => `${sql};\n`).join("")}`;
  return { name: DATABASE_RIDER, text };
}

/** Undefined for archives from elsewhere, which have none. */
export function readDatabaseRider(riders: readonly Rider[]): DatabaseRider | undefined {
  const text = riders.find((rider) => rider.name === DATABASE_RIDER)?.text;
  if (text?.startsWith(MARK) !== true) return undefined;
  return Header.parse(JSON.parse(text.slice(MARK.length, text.indexOf("\n"))));
}

/**
 * All roles of the server, their memberships and settings, and the tablespaces. Without passwords, hashed or not: riders are not
 * encrypted, and a hash is enough to log in with some clients.
 */
export async function globalsRider(
  session: Session,
  database: string,
): Promise<{ readonly riders: readonly Rider[]; readonly warnings: readonly string[] }> {
  const argv = ["pg_dumpall", "-w", "--globals-only", "--no-role-passwords", "-l", database] as const;
  const { code, stdout, stderr } = await run(session, program(session, argv, { database }));
  if (code === 0) return { riders: [{ name: GLOBALS_RIDER, text: stdout }], warnings: [] };
  return {
    riders: [],
    warnings: [`roles and settings of the server were not saved: ${stderr.trim().slice(-500)}`],
  };
}
