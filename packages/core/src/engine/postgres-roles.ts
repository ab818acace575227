import type { Ground, RestorePlan } from "./postgres-check.ts";
import { type ArchivedRole, readGlobals } from "./postgres-globals.ts";
import { identifier, literal } from "./postgres-sql.ts";

type Asked = Pick<RestorePlan, "request" | "rider">;

/** Roles that the load and the switch name. Riders that do not tell them apart name all. */
export function neededRoles({ request, rider }: Asked): readonly string[] {
  if (rider === undefined) return [];
  const { roles, owners = roles, named = roles } = rider;
  const { ownership = true, rights = true } = request.choices ?? {};
  if (rights) return roles;
  return ownership ? [...new Set([...owners, ...named])] : named;
}

/** Roles that have a share in the database by another: members of those that are needed, groups of them all. */
export function relatedRoles(plan: Asked): readonly string[] {
  const archived = archivedRoles(plan);
  const needed = neededRoles(plan);
  const members = closure(needed, (group) =>
    [...archived.values()].filter(({ groups }) => groups.some(({ name }) => name === group)).map(nameOf),
  );
  const all = closure(members, (member) => (archived.get(member)?.groups ?? []).map(nameOf));
  return all.filter((name) => !needed.includes(name));
}

const nameOf = ({ name }: { readonly name: string }): string => name;

function closure(start: readonly string[], next: (name: string) => readonly string[]): readonly string[] {
  const found = new Set(start);
  for (const name of found) for (const other of next(name)) found.add(other);
  return [...found];
}

/** None when they were declined: then those that are needed are made bare. */
function archivedRoles({ request }: Asked): ReadonlyMap<string, ArchivedRole> {
  return request.choices?.roles === false ? new Map() : readGlobals(request.riders);
}

/** What is made at the target, and what a person has to know of it. */
export interface RolesToMake {
  readonly names: readonly string[];
  readonly statements: readonly string[];
  readonly notes: readonly string[];
}

const PREDEFINED = /^pg_/;
/** Membership in these opens the server's files and programs, as being its superuser does. */
const POWERFUL = /^pg_(execute_server_program|read_server_files|write_server_files)$/;

/**
 * Roles that are not here: as the backup has them, where it has them and they were not declined, else without login. A role that is
 * here is never changed. Power over the server itself is left to a person: a restore of one database gives it to nobody.
 */
export function rolesToMake(plan: RestorePlan, ground: Ground, missing: readonly string[]): RolesToMake {
  const archived = archivedRoles(plan);
  const isMissing = new Set(missing);
  const here = (name: string): boolean => !isMissing.has(name);
  const members = [...neededRoles(plan), ...relatedRoles(plan)];
  const wanted = members.filter((name) => isMissing.has(name) && !PREDEFINED.test(name));
  const names = ground.mayCreateRoles ? wanted : [];
  const notes: string[] = [];
  const statements = names.flatMap((name) => {
    const role = archived.get(name);
    const made = `CREATE ROLE ${identifier(name)}`;
    if (role === undefined) return [`${made} NOLOGIN`];
    const { given, kept } = attributesOf(role, ground);
    if (kept.length > 0) notes.push(`${name} had ${kept.join(", ")} and did not get it`);
    return [[made, ...given].join(" "), ...settingsOf(role)];
  });
  const memberships = names.flatMap((name) =>
    (archived.get(name)?.groups ?? []).flatMap(({ name: group, words }) => {
      const isOpen = !ground.superusers.includes(group) && !POWERFUL.test(group);
      if (isOpen && (here(group) || names.includes(group))) {
        const options = words === "" ? "" : ` WITH ${words}`;
        return [tolerant(`GRANT ${identifier(group)} TO ${identifier(name)}${options}`)];
      }
      notes.push(`${name} was in ${group} and is not here`);
      return [];
    }),
  );
  return { names, statements: [...statements, ...memberships], notes };
}

function attributesOf(
  { attributes, connectionLimit, validUntil }: ArchivedRole,
  { isSuperuser }: Ground,
): { readonly given: readonly string[]; readonly kept: readonly string[] } {
  const isKept = (word: string): boolean =>
    word === "SUPERUSER" || (!isSuperuser && /^(REPLICATION|BYPASSRLS)$/.test(word));
  const isSayable = (word: string): boolean =>
    isSuperuser || !/(SUPERUSER|REPLICATION|BYPASSRLS)$/.test(word);
  const given = attributes.filter((word) => !isKept(word) && isSayable(word));
  return {
    given: [
      ...given,
      ...(connectionLimit === null ? [] : [`CONNECTION LIMIT ${Math.trunc(connectionLimit)}`]),
      ...(validUntil === null ? [] : [`VALID UNTIL ${literal(validUntil)}`]),
    ],
    kept: attributes.filter(isKept),
  };
}

function settingsOf({ name, settings }: ArchivedRole): readonly string[] {
  return settings.map((setting) => {
    const parameter = setting.name.split(".").map(identifier).join(".");
    return tolerant(
      `ALTER ROLE ${identifier(name)} SET ${parameter} TO ${setting.values.map(literal).join(", ")}`,
    );
  });
}

/** What this server or this user cannot give is told, and no reason to leave the data unrestored. */
function tolerant(statement: string): string {
  const block = `begin ${statement}; exception when others then raise warning '${REFUSED}%: %', ${literal(statement)}, sqlerrm; end`;
  return `do ${literal(block)}`;
}

const REFUSED = "cofre: ";

/** What `tolerant` statements said on stderr. */
export function refusedOf(stderr: string): readonly string[] {
  return [...stderr.matchAll(/^\S+: {2}cofre: (.*)$/gm)].map(([, said = ""]) => said);
}

/** For people, once it is switched. */
export function rolesWarnings(
  plan: RestorePlan,
  { names, notes, refused }: RolesToMake & { readonly refused: readonly string[] },
): readonly string[] {
  const archived = archivedRoles(plan);
  const [known, bare] = [
    names.filter((name) => archived.has(name)),
    names.filter((name) => !archived.has(name)),
  ];
  const logins = known.filter((name) => archived.get(name)?.attributes.includes("LOGIN"));
  return [
    ...(known.length === 0
      ? []
      : [`these roles were missing and were made as in the backup: ${known.join(", ")}`]),
    ...(logins.length === 0
      ? []
      : [`no backup holds passwords: give one (ALTER ROLE … PASSWORD) to ${logins.join(", ")}`]),
    ...(bare.length === 0
      ? []
      : [
          `these roles were missing and were made without login: ${bare.join(", ")}; the backup's globals.sql tells their rights`,
        ]),
    ...(notes.length === 0 ? [] : [`left for you to decide: ${notes.join("; ")}`]),
    ...refused.map((said) => `could not be carried over: ${said}`),
  ];
}

/** The comment that each role gets once it is kept: the one that it had. */
export function commentOf(plan: Asked, name: string): string | null {
  return archivedRoles(plan).get(name)?.comment ?? null;
}
