import { z } from "zod";
import { isFault } from "../model/fault.ts";
import type { Rider } from "./engine.ts";
import { escaped, grantOf, isMatch, nearestOf, type Rights } from "./mysqlish-rights.ts";
import { ask, askEach, askRows, type Session } from "./mysqlish-session.ts";
import { identifier, literal, named } from "./mysqlish-sql.ts";

const USERS_RIDER = "users.sql";
const MARK = "-- cofre: ";

const Account = z.object({
  user: z.string(),
  host: z.string(),
  /** What it may do in this database. */
  grants: z.array(z.string()).readonly(),
});

/** A login that has rights in a database or owns code in it. */
export type Account = z.infer<typeof Account>;

const Name = z.object({ user: z.string(), host: z.string() });
type Name = z.infer<typeof Name>;

/** A database, and whether rights on databases are given by patterns there. */
export interface Granted extends Pick<Rights, "hasPatterns"> {
  readonly database: string;
}

export function nameOf({ user, host }: Name): string {
  return `${identifier(user)}@${identifier(host)}`;
}

/** Logins of a database: by rights in it and as definers of its code. What cannot be read is told, not silently left out. */
export async function accountsOf(
  session: Session,
  granted: Granted,
): Promise<{ readonly accounts: readonly Account[]; readonly warnings: readonly string[] }> {
  try {
    const names = (await askRows(session, namesSql(granted))).map((row) => Name.parse(row));
    const shown = await grantsOf(session, names.map(nameOf));
    return {
      // MariaDB shows the password's hash behind rights that reach everywhere, which are none of this database.
      accounts: names.map((name, index) => ({ ...name, grants: grantsIn(granted, shown[index] ?? []) })),
      warnings: [],
    };
  } catch (error) {
    if (!isFault(error) || error.code !== "target.permission") throw error;
    return { accounts: [], warnings: [`users and grants were not saved: ${error.message}`] };
  }
}

function namesSql({ database, hasPatterns }: Granted): string {
  const granted = (table: string): string =>
    `select user, host from mysql.${table} where ${named("db", database)}`;
  const byPattern = hasPatterns
    ? `${literal(database)} like db`
    : named("replace(replace(db, '\\\\_', '_'), '\\\\%', '%')", database);
  const definer = (table: string, schema: string): string =>
    `select substring_index(definer, '@', char_length(definer) - char_length(replace(definer, '@', ''))) as user,
 substring_index(definer, '@', -1) as host from information_schema.${table} where ${named(schema, database)}`;
  return `select distinct json_object('user', n.user, 'host', n.host) from (select user, host from mysql.db where ${byPattern}
 union ${granted("tables_priv")} union ${granted("columns_priv")} union ${granted("procs_priv")}
 union ${definer("views", "table_schema")} union ${definer("triggers", "trigger_schema")}
 union ${definer("routines", "routine_schema")} union ${definer("events", "event_schema")}) n
 join mysql.user u on cast(u.user as binary) = cast(n.user as binary) and cast(u.host as binary) = cast(n.host as binary)
 where n.user <> '' and u.host <> '' and u.user not like 'mysql.%' and u.user not like 'mariadb.%'`;
}

/** What SHOW GRANTS prints for each, in this order. */
export async function grantsOf(
  session: Session,
  names: readonly string[],
): Promise<readonly (readonly string[])[]> {
  return names.length === 0
    ? []
    : await askEach(
        session,
        names.map((name) => `show grants for ${name}`),
      );
}

/** What an account may do in this database and nothing more: a right that its pattern gives elsewhere too is given here alone. */
function grantsIn({ database, hasPatterns }: Granted, lines: readonly string[]): readonly string[] {
  const grants = lines.flatMap((line) => {
    const grant = grantOf(line);
    return grant === undefined || grant.isRevoked ? [] : [{ ...grant, line }];
  });
  const onAll = grants.filter(
    ({ schema, table }) => schema !== null && table === null && isMatch(schema, database, hasPatterns),
  );
  const name = identifier(escaped(database));
  return [
    ...nearestOf(onAll).map(({ schema, line }) =>
      line.replace(` ON ${identifier(schema ?? "")}.`, () => ` ON ${name}.`),
    ),
    ...grants.filter(({ schema, table }) => table !== null && schema === database).map(({ line }) => line),
    ...lines.filter((line) => isOfRoutine(database, line)),
  ];
}

function isOfRoutine(database: string, grant: string): boolean {
  return (
    / ON (FUNCTION|PROCEDURE|PACKAGE|PACKAGE BODY) /.test(grant) &&
    grant.includes(` ${identifier(database)}.`)
  );
}

/**
 * A login without its password, hashed or not: riders are not encrypted, and a hash is enough to log in with some clients. Locked, so
 * that nobody enters before somebody has chosen one.
 */
function createStatement(name: Name, words = ""): string {
  return `CREATE USER ${words}${nameOf(name)} ACCOUNT LOCK`;
}

export function usersRider(accounts: readonly Account[]): readonly Rider[] {
  const statements = accounts.flatMap((account) => [
    createStatement(account, "IF NOT EXISTS "),
    ...account.grants,
  ]);
  const text = `${MARK}${JSON.stringify(accounts)}\n${statements.map((sql) => `${sql};\n`).join("")}`;
  return [{ name: USERS_RIDER, text }];
}

export function readUsersRider(riders: readonly Rider[]): readonly Account[] {
  const text = riders.find((rider) => rider.name === USERS_RIDER)?.text;
  if (text?.startsWith(MARK) !== true) return [];
  return z.array(Account).parse(JSON.parse(text.slice(MARK.length, text.indexOf("\n"))));
}

/**
 * Makes the logins that the server has not, with what they may do in this database and nothing more: a login with rights everywhere
 * is for a person to make. Never changes one that is there. Returns what the user should know.
 */
export async function bringAccounts(
  session: Session,
  accounts: readonly Account[],
): Promise<readonly string[]> {
  if (accounts.length === 0) return [];
  const rows = await askRows(session, "select json_object('user', user, 'host', host) from mysql.user");
  const there = new Set(rows.map((row) => nameOf(Name.parse(row))));
  const warnings: string[] = [];
  const missing = accounts.filter((one) => !there.has(nameOf(one)));
  for (const account of missing) {
    if (account.grants.length === 0) {
      warnings.push(
        `user ${nameOf(account)}, who owns code of the archive, is missing: make it, or what it owns will not run`,
      );
      continue;
    }
    try {
      await ask(session, [createStatement(account), ...account.grants]);
      warnings.push(
        `user ${nameOf(account)} was missing and was made locked, with its rights in this database: give it a password and let it in with ALTER USER … IDENTIFIED BY … ACCOUNT UNLOCK`,
      );
    } catch (error) {
      if (!isFault(error)) throw error;
      warnings.push(`user ${nameOf(account)} is missing and could not be made: ${error.message}`);
    }
  }
  return warnings;
}
