import { Fault } from "../model/fault.ts";
import type { Session } from "./mysqlish-session.ts";
import { identifier } from "./mysqlish-sql.ts";
import { isNewerSeries, type Vendor } from "./mysqlish-vendor.ts";

/** One line of SHOW GRANTS about databases, or about a table or all of the server. */
export interface Grant {
  readonly rights: readonly string[];
  /** Null for rights on the whole server. Of rights on all of a database it is a pattern. */
  readonly schema: string | null;
  /** Null for rights on all of it. */
  readonly table: string | null;
  /** A user has his own and those of his roles, each of which decides for itself which of its patterns is the nearest. */
  readonly to: string;
  /** MySQL's partial revokes take rights on one database out of those on all. */
  readonly isRevoked: boolean;
}

/** What a session may do, the roles that are active in it included. */
export interface Rights {
  readonly grants: readonly Grant[];
  /** MySQL with partial revokes reads `_` and `%` in names of databases as they are. */
  readonly hasPatterns: boolean;
}

const NAME = "`(?:[^`]|``)*`";
const LINE = new RegExp(
  `^(GRANT|REVOKE) (.+?) ON (?:(\\*)\\.\\*|(${NAME})\\.(?:\\*|(${NAME}))) (?:TO|FROM) (PUBLIC|${NAME}(?:@${NAME})?)`,
);

function bare(name: string): string {
  return name.slice(1, -1).replaceAll("``", "`");
}

/** Lines about routines, proxies and roles say nothing of databases, and are left out. */
export function grantOf(line: string): Grant | undefined {
  const [, verb, rights = "", everywhere, schema, table, to = ""] = LINE.exec(line) ?? [];
  if (everywhere === undefined && schema === undefined) return undefined;
  return {
    rights: rights.split(/, ?/).map((right) => right.toUpperCase()),
    schema: schema === undefined ? null : bare(schema),
    table: table === undefined ? null : bare(table),
    ...{ to, isRevoked: verb === "REVOKE" },
  };
}

/** Whether a right on `pattern` is one on this database, as the server reads it: `%` and `_` stand for others, unless escaped. */
export function isMatch(pattern: string, database: string, hasPatterns = true): boolean {
  const wild: Readonly<Record<string, string>> = hasPatterns ? { "%": ".*", _: "." } : {};
  const parts = pattern.match(/\\.|./gsu) ?? [];
  const source = parts.map((part) => wild[part] ?? escapeWords(part.length > 1 ? part.slice(1) : part));
  return new RegExp(`^${source.join("")}$`, "su").test(database);
}

function escapeWords(text: string): string {
  return [...text].map((one) => `\\u{${(one.codePointAt(0) ?? 0).toString(16)}}`).join("");
}

/** How many characters a pattern tells before its first wildcard. */
function nearness(pattern: string): number {
  const at = pattern.replaceAll(/\\./gs, "x").search(/[%_]/);
  return at === -1 ? Number.POSITIVE_INFINITY : at;
}

/** Of all patterns that match, the server takes the rights of the one that tells most. */
export function nearestOf<Of extends Pick<Grant, "schema" | "to">>(given: readonly Of[]): readonly Of[] {
  const near = ({ schema }: Of): number => nearness(schema ?? "");
  return given.filter((one) => !given.some((other) => other.to === one.to && near(other) > near(one)));
}

/** Rights on the whole server. */
export function rightsEverywhere({ grants }: Rights): ReadonlySet<string> {
  return new Set(
    grants.filter(({ schema, isRevoked }) => schema === null && !isRevoked).flatMap(({ rights }) => rights),
  );
}

/** Rights on all that is in this database, whether they are given there, by a pattern or on the whole server. */
export function rightsIn(rights: Rights, database: string): ReadonlySet<string> {
  const here = rights.grants.filter(
    ({ schema, table }) => schema !== null && table === null && isMatch(schema, database, rights.hasPatterns),
  );
  const nearest = nearestOf(here.filter(({ isRevoked }) => !isRevoked));
  const revoked = here.filter(({ isRevoked }) => isRevoked).flatMap((grant) => grant.rights);
  const everywhere = [...rightsEverywhere(rights)].filter((right) => !revoked.includes(right));
  return new Set([...everywhere, ...nearest.flatMap((grant) => grant.rights)]);
}

export function holds(rights: ReadonlySet<string>, right: string): boolean {
  return rights.has(right) || rights.has("ALL PRIVILEGES");
}

/** Without these what a user may not see is missing from the catalogue, and so from a dump that ends as if whole. */
const TO_SEE = ["SELECT", "SHOW VIEW", "TRIGGER", "EVENT"] as const;

export interface Seen {
  readonly rights: Rights;
  readonly database: string;
  /** As `current_user()` tells him. */
  readonly user: string;
  readonly numbers: string;
  /** Routines that are seen without their text. */
  readonly hidden: readonly string[];
}

/** Throws `target.permission` when a dump by this user would leave something out, or fail half-way, for want of rights. */
export function refusePartial({ vendor, reach }: Session, seen: Seen): void {
  const here = rightsIn(seen.rights, seen.database);
  const missing = TO_SEE.filter((right) => !holds(here, right));
  const { told, remedy } = routinesUnseen(vendor, seen, here);
  if (missing.length === 0 && told === null) return;
  const whom = grantee(seen.user);
  const grants = [
    ...(missing.length === 0 ? [] : [`${missing.join(", ")} ON ${identifier(escaped(seen.database))}.*`]),
    ...(told === null ? [] : [remedy]),
  ];
  const what = [
    ...(missing.length === 0 ? [] : [`the rights ${missing.join(", ")} on all of it`]),
    ...(told === null ? [] : [told]),
  ];
  throw new Fault(
    "target.permission",
    `user ${reach.target.username} would back up ${seen.database} only in part: missing are ${what.join(" and ")}`,
    {
      hint: `Use ${vendor.label}'s root user for this resource, or let it run: ${grants.map((grant) => `GRANT ${grant} TO ${whom}`).join("; ")}`,
    },
  );
}

function routinesUnseen(
  vendor: Vendor,
  seen: Seen,
  here: ReadonlySet<string>,
): { readonly told: string | null; readonly remedy: string } {
  const remedy = remedyFor(vendor, seen);
  if (readsAllCode(seen.rights, here, keepsCodeInTable(vendor, seen.numbers))) return { told: null, remedy };
  // Whoever may run or change all of them sees at least that they are there.
  const seesNames = holds(here, "EXECUTE") || holds(here, "ALTER ROUTINE");
  if (!seesNames) return { told: "the right to see its functions and procedures", remedy };
  const { hidden } = seen;
  if (hidden.length === 0) return { told: null, remedy };
  return { told: `the text of ${hidden.slice(0, 5).join(", ")}, which others made`, remedy };
}

/** MySQL has a catalogue of its own since 8.0. */
function keepsCodeInTable({ id }: Vendor, numbers: string): boolean {
  return id === "mariadb" || !isNewerSeries(numbers, "5.7");
}

/** The text of routines that others made: for readers of the whole server, or of the table where it is kept, or by a right of its own. */
function readsAllCode(rights: Rights, here: ReadonlySet<string>, isInTable: boolean): boolean {
  const everywhere = rightsEverywhere(rights);
  const readsTable =
    holds(rightsIn(rights, "mysql"), "SELECT") ||
    rights.grants.some(
      (grant) => grant.schema === "mysql" && grant.table === "proc" && holds(new Set(grant.rights), "SELECT"),
    );
  const own = everywhere.has("SHOW_ROUTINE") || here.has("SHOW CREATE ROUTINE");
  return holds(everywhere, "SELECT") || own || (isInTable && readsTable);
}

function remedyFor(vendor: Vendor, { database, numbers }: Seen): string {
  const { id } = vendor;
  if (!keepsCodeInTable(vendor, numbers)) return "SHOW_ROUTINE ON *.*";
  if (id === "mariadb" && isNewerSeries(numbers, "11.2")) {
    return `SHOW CREATE ROUTINE ON ${identifier(escaped(database))}.*`;
  }
  return "SELECT ON mysql.proc";
}

/** A name as a pattern that matches nothing else. */
export function escaped(database: string): string {
  return database.replaceAll(/[_%\\]/g, "\\$&");
}

/** `app@%` as SQL reads it. */
export function grantee(user: string): string {
  const at = user.lastIndexOf("@");
  return at === -1 ? identifier(user) : `${identifier(user.slice(0, at))}@${identifier(user.slice(at + 1))}`;
}
