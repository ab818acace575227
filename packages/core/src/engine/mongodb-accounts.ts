import { BSON, type Document, type MongoClient, MongoServerError } from "mongodb";
import { z } from "zod";
import type { Rider } from "./engine.ts";

export const USERS_RIDER = "users.json";

const Named = z.object({ role: z.string(), db: z.string() });

export const KnownUser = z.looseObject({
  user: z.string(),
  db: z.string(),
  roles: z.array(Named).default([]),
  customData: z.record(z.string(), z.unknown()).optional(),
  authenticationRestrictions: z.array(z.unknown()).optional(),
});
export type KnownUser = z.infer<typeof KnownUser>;

export const KnownRole = z.looseObject({
  role: z.string(),
  db: z.string(),
  roles: z.array(Named).default([]),
  privileges: z.array(z.unknown()).default([]),
});
export type KnownRole = z.infer<typeof KnownRole>;

const Accounts = z.object({ users: z.array(KnownUser), roles: z.array(KnownRole) });
export type Accounts = z.infer<typeof Accounts>;

export interface SavedAccounts {
  readonly riders: readonly Rider[];
  readonly warnings: readonly string[];
}

/** Users of all databases and roles of these, as one text, credentials left out: riders are not encrypted. What is missing is told. */
export async function saveAccounts(
  client: MongoClient,
  databases: readonly string[],
): Promise<SavedAccounts> {
  const users = await toldBy(() => usersOf(client));
  if (users instanceof MongoServerError) return { riders: [], warnings: [unsaved("users and roles", users)] };
  const roles = await toldBy(() => rolesOf(client, ["admin", ...databases]));
  const kept = { users, roles: roles instanceof MongoServerError ? [] : roles };
  const text = `${BSON.EJSON.stringify(kept, undefined, 2)}\n`;
  // A server that does not know the question has no roles of its own: FerretDB.
  const isRefused = roles instanceof MongoServerError && roles.code !== CODES.unknownCommand;
  return {
    riders: [{ name: USERS_RIDER, text }],
    warnings: isRefused ? [unsaved("roles", roles)] : [],
  };
}

function unsaved(what: string, { code, message }: MongoServerError): string {
  const why = code === CODES.unauthorized ? "this user may not list them" : message;
  return `${what} of the server were not saved: ${why}`;
}

const CODES = { unauthorized: 13, unknownCommand: 59 } as const;

/** What the server answered, a refusal included. A server that does not answer at all is no refusal, and thrown. */
export async function toldBy<T>(ask: () => Promise<T>): Promise<T | MongoServerError> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof MongoServerError) return error;
    throw error;
  }
}

export async function usersOf(client: MongoClient): Promise<readonly Document[]> {
  const { users } = await client.db("admin").command({ usersInfo: { forAllDBs: true } });
  return z.array(z.record(z.string(), z.unknown())).parse(users ?? []);
}

/** There is no question for the roles of all databases. */
export async function rolesOf(
  client: MongoClient,
  databases: readonly string[],
): Promise<readonly Document[]> {
  const found: Document[] = [];
  for (const database of new Set(databases)) {
    const { roles } = await client.db(database).command({ rolesInfo: 1, showPrivileges: true });
    found.push(...z.array(z.record(z.string(), z.unknown())).parse(roles ?? []));
  }
  return found;
}

/** Undefined for archives that have none. */
export function readAccounts(riders: readonly Rider[]): Accounts | undefined {
  const text = riders.find(({ name }) => name === USERS_RIDER)?.text;
  return text === undefined ? undefined : Accounts.parse(BSON.EJSON.parse(text));
}
