import { randomBytes } from "node:crypto";
import type { Document, MongoClient } from "mongodb";
import type { RestoreRequest } from "./engine.ts";
import {
  type Accounts,
  KnownRole,
  KnownUser,
  readAccounts,
  rolesOf,
  toldBy,
  usersOf,
} from "./mongodb-accounts.ts";

/**
 * Makes the users and roles that are missing here and have to do with the restored databases, once these are in place. None that is
 * here is changed. Nothing of it fails the restore: what could not be made is among the sentences that come back.
 */
export async function makeAccounts(client: MongoClient, request: RestoreRequest): Promise<readonly string[]> {
  const archived = request.choices?.roles === false ? undefined : readAccounts(request.riders);
  // Under another name it is a copy to look into, which needs no logins.
  const databases = request.units.filter(({ from, into }) => from === into).map(({ into }) => into);
  if (archived === undefined || databases.length === 0) return [];
  const present = await toldBy(() => usersOf(client));
  if (present instanceof Error) return [`missing users were not made: ${present.message}`];
  const here = present.map((user) => KnownUser.parse(user));
  const users = archived.users.filter(
    (user) => reaches(user, databases) && !here.some((other) => isSame(user, other)),
  );
  const told = await makeRoles(client, rolesFor(archived, { users, databases }));
  for (const user of users) told.push(await makeUser(client, user));
  return told;
}

interface InDatabase {
  readonly db: string;
}

function isSame(
  a: InDatabase & { readonly user: string },
  b: InDatabase & { readonly user: string },
): boolean {
  return a.db === b.db && a.user === b.user;
}

const ANY_DATABASE = /^(read|readWrite|dbAdmin|userAdmin)AnyDatabase$/;

/** Kept in a restored database, or with a role on one, or on all. */
function reaches({ db, roles }: KnownUser, databases: readonly string[]): boolean {
  const isOn = (role: { readonly role: string; readonly db: string }): boolean =>
    databases.includes(role.db) || (role.db === "admin" && ANY_DATABASE.test(role.role));
  return databases.includes(db) || roles.some(isOn);
}

interface Wanted {
  readonly users: readonly KnownUser[];
  readonly databases: readonly string[];
}

/** Those of the restored databases and those that the users have, each behind the ones that it is made of. */
function rolesFor({ roles }: Accounts, { users, databases }: Wanted): readonly KnownRole[] {
  const ordered = new Set<KnownRole>();
  const add = ({ role, db }: { readonly role: string; readonly db: string }, depth: number): void => {
    const found = roles.find((one) => one.role === role && one.db === db);
    if (found === undefined || ordered.has(found) || depth > roles.length) return;
    for (const inner of found.roles) add(inner, depth + 1);
    ordered.add(found);
  };
  for (const role of [
    ...roles.filter(({ db }) => databases.includes(db)),
    ...users.flatMap((user) => user.roles),
  ])
    add(role, 0);
  return [...ordered];
}

async function makeRoles(client: MongoClient, roles: readonly KnownRole[]): Promise<string[]> {
  if (roles.length === 0) return [];
  const present = await toldBy(() =>
    rolesOf(
      client,
      roles.map(({ db }) => db),
    ),
  );
  if (present instanceof Error) return [`missing roles were not made: ${present.message}`];
  const here = present.map((role) => KnownRole.parse(role));
  const told: string[] = [];
  for (const { role, db, privileges, roles: inner } of roles) {
    if (here.some((one) => one.role === role && one.db === db)) continue;
    const answer = await toldBy(() => client.db(db).command({ createRole: role, privileges, roles: inner }));
    told.push(
      answer instanceof Error
        ? `the role ${role} of ${db} was missing and could not be made: ${answer.message}`
        : `the role ${role} of ${db} was missing and was made as in the backup`,
    );
  }
  return told;
}

/** No server takes a hash from others: the password is one that nobody knows, until an administrator gives another. */
async function makeUser(client: MongoClient, user: KnownUser): Promise<string> {
  const { user: name, db, roles, customData, authenticationRestrictions } = user;
  const who = `the user ${name} of ${db}`;
  if (db === "$external") return `${who} was missing and is not made: another system knows its password`;
  const command: Document = {
    createUser: name,
    pwd: randomBytes(32).toString("base64url"),
    roles,
    ...(customData === undefined ? {} : { customData }),
    ...(authenticationRestrictions === undefined ? {} : { authenticationRestrictions }),
  };
  const answer = await toldBy(() => client.db(db).command(command));
  if (answer instanceof Error) return `${who} was missing and could not be made: ${answer.message}`;
  const given = await rolesGiven(client, user);
  if (given === listed(roles)) {
    return `${who} was missing and was made with its roles (${given}) and a password that nobody knows: give it one with changeUserPassword`;
  }
  // FerretDB gives every user all rights, whatever it is asked for.
  await client.db(db).command({ dropUser: name });
  return `${who} was missing and is not made: this server would give it ${given || "no role"} instead of ${listed(roles)}`;
}

/** As the server tells them: some keep every user in `admin`, wherever it was made. */
async function rolesGiven(client: MongoClient, { user, db }: KnownUser): Promise<string> {
  const all = (await usersOf(client)).map((one) => KnownUser.parse(one)).filter((one) => one.user === user);
  return listed((all.find((one) => one.db === db) ?? all[0])?.roles ?? []);
}

function listed(roles: readonly { readonly role: string; readonly db: string }[]): string {
  return roles
    .map(({ role, db }) => `${role}@${db}`)
    .sort()
    .join(", ");
}
