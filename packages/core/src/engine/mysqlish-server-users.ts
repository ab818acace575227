import { z } from "zod";
import { isFault } from "../model/fault.ts";
import type { Rider } from "./engine.ts";
import { grantsOf, nameOf } from "./mysqlish-accounts.ts";
import { askRows, type Session } from "./mysqlish-session.ts";
import { identifier } from "./mysqlish-sql.ts";

const RIDER = "server-users.sql";
const MARK = "-- cofre: ";

const User = z.object({ user: z.string(), host: z.string(), isRole: z.string() });
type User = z.infer<typeof User>;

/** Names, as SQL reads them, of those whom no backup of a database alone would bring: their rights are on the whole server, or a role's. */
const Header = z.object({ everywhere: z.array(z.string()), byRole: z.array(z.string()) });

const NOTE = `-- All users and roles of the server with all their rights, without passwords and locked. A restore makes none of them: read it, run what is
-- missing, then let each in with ALTER USER … IDENTIFIED BY … ACCOUNT UNLOCK.
`;

/** Everybody on the server, for people to read. Empty when the user may not ask for them, which `accountsOf` tells. */
export async function serverUsersRider(session: Session): Promise<readonly Rider[]> {
  const isRole = session.vendor.id === "mariadb" ? "is_role" : "'N'";
  try {
    const rows = await askRows(
      session,
      `select json_object('user', user, 'host', host, 'isRole', concat(${isRole}, '')) from mysql.user
 where user <> '' and user not like 'mysql.%' and user not like 'mariadb.%' order by ${isRole} = 'N', user, host`,
    );
    const users = rows.map((row) => User.parse(row));
    return [{ name: RIDER, text: textOf(users, await grantsOf(session, users.map(roleOrUser))) }];
  } catch (error) {
    if (!isFault(error) || error.code !== "target.permission") throw error;
    return [];
  }
}

/** `PUBLIC` stands for everybody, and is no name. */
function roleOrUser(one: User): string {
  if (one.isRole !== "Y") return nameOf(one);
  return one.user === "PUBLIC" ? one.user : identifier(one.user);
}

function textOf(users: readonly User[], shown: readonly (readonly string[])[]): string {
  const all = users.map((user, index) => ({ name: roleOrUser(user), user, lines: shown[index] ?? [] }));
  const named = (isWanted: (line: string) => boolean): string[] =>
    all
      .filter(({ user, lines }) => user.isRole !== "Y" && user.user !== "root" && lines.some(isWanted))
      .map(({ name }) => name);
  const header: z.infer<typeof Header> = {
    everywhere: named((line) => / ON \*\.\* /.test(line) && !/^GRANT USAGE ON /.test(line)),
    byRole: named((line) => /^GRANT `/.test(line)),
  };
  const statements = [
    ...all.flatMap(({ name, user }) => createStatement(name, user)),
    // MariaDB's lines of a user tell of his roles' rights too, when they are his own.
    ...new Set(all.flatMap(({ lines }) => lines.flatMap(withoutPassword))),
  ];
  return `${MARK}${JSON.stringify(header)}\n${NOTE}${statements.map((sql) => `${sql};\n`).join("")}`;
}

function createStatement(name: string, { isRole }: User): readonly string[] {
  if (name === "PUBLIC") return [];
  return [
    isRole === "Y" ? `CREATE ROLE IF NOT EXISTS ${name}` : `CREATE USER IF NOT EXISTS ${name} ACCOUNT LOCK`,
  ];
}

/** MariaDB's grants tell the hash, which is enough to log in with some clients; riders are not encrypted. */
const IDENTIFIED = / IDENTIFIED (?:BY|VIA|WITH) (?:[^']|'(?:[^'\\]|\\.|'')*')*?(?= REQUIRE | WITH |$)/;

function withoutPassword(grant: string): readonly string[] {
  const told = grant.replace(IDENTIFIED, "");
  return / IDENTIFIED /.test(told) ? [] : [told];
}

/** Who of the archive's server is not on this one and was not made, because his rights are not of one database. */
export async function tellMissingUsers(
  session: Session,
  riders: readonly Rider[],
): Promise<readonly string[]> {
  const text = riders.find((rider) => rider.name === RIDER)?.text;
  if (text?.startsWith(MARK) !== true) return [];
  const told = Header.parse(JSON.parse(text.slice(MARK.length, text.indexOf("\n"))));
  const rows = await askRows(
    session,
    "select json_object('user', user, 'host', host, 'isRole', '') from mysql.user",
  );
  const there = new Set(rows.map((row) => nameOf(User.parse(row))));
  return [
    ...missing(told.everywhere, there, "rights on the whole server"),
    ...missing(told.byRole, there, "rights by a role"),
  ];
}

function missing(names: readonly string[], there: ReadonlySet<string>, why: string): readonly string[] {
  const gone = names.filter((name) => !there.has(name));
  if (gone.length === 0) return [];
  const more = gone.length > 5 ? ` and ${gone.length - 5} more` : "";
  return [
    `users with ${why} are not on this server, and a restore does not make them: ${gone.slice(0, 5).join(", ")}${more}; ${RIDER} beside the archive has the statements`,
  ];
}
