import type { Rider } from "./engine.ts";

/** What `pg_dumpall --globals-only` tells of one role. */
export interface ArchivedRole {
  readonly name: string;
  /** As `ALTER ROLE` takes them: `LOGIN`, `NOINHERIT`. */
  readonly attributes: string[];
  connectionLimit: number | null;
  validUntil: string | null;
  comment: string | null;
  readonly settings: { readonly name: string; readonly values: readonly string[] }[];
  /** Groups that it is in; `words` is what stands behind `WITH`. */
  readonly groups: { readonly name: string; readonly words: string }[];
}

interface Token {
  readonly kind: "word" | "name" | "text" | "sign";
  readonly text: string;
}

const GLOBALS_RIDER = "globals.sql";

/**
 * Roles by name. Only what is understood word by word is taken and written anew: a rider is a text that came from a store, and is
 * never run as it stands. Passwords are left out, if there are any.
 */
export function readGlobals(riders: readonly Rider[]): ReadonlyMap<string, ArchivedRole> {
  const roles = new Map<string, ArchivedRole>();
  const text = riders.find(({ name }) => name === GLOBALS_RIDER)?.text ?? "";
  for (const statement of statementsOf(text)) take(roles, statement);
  return roles;
}

function take(roles: Map<string, ArchivedRole>, tokens: readonly Token[]): void {
  const [first, second] = tokens.map(({ text }) => text.toUpperCase());
  const isOfRole = second === "ROLE" && (first === "CREATE" || first === "ALTER");
  if (isOfRole && tokens[2] !== undefined) takeRole(roleIn(roles, tokens[2].text), tokens.slice(3));
  if (first === "COMMENT" && tokens[2]?.text.toUpperCase() === "ROLE" && tokens[3] !== undefined) {
    roleIn(roles, tokens[3].text).comment = tokens[5]?.kind === "text" ? tokens[5].text : null;
  }
  if (first === "GRANT" && tokens[2]?.kind === "word" && tokens[2].text.toUpperCase() === "TO") {
    takeMembership(roles, tokens);
  }
}

function roleIn(roles: Map<string, ArchivedRole>, name: string): ArchivedRole {
  const known = roles.get(name);
  if (known !== undefined) return known;
  const role: ArchivedRole = {
    ...{ name, attributes: [], settings: [], groups: [] },
    ...{ connectionLimit: null, validUntil: null, comment: null },
  };
  roles.set(name, role);
  return role;
}

const ATTRIBUTE = /^(NO)?(SUPERUSER|INHERIT|CREATEROLE|CREATEDB|LOGIN|REPLICATION|BYPASSRLS)$/;

function takeRole(role: ArchivedRole, tokens: readonly Token[]): void {
  const [verb, name, , ...values] = tokens;
  if (verb?.text.toUpperCase() === "SET" && name !== undefined) {
    const texts = values.filter(({ kind }) => kind !== "sign").map(({ text }) => text);
    role.settings.push({ name: name.text, values: texts });
    return;
  }
  if (verb?.text.toUpperCase() !== "WITH") return;
  for (const [index, { kind, text }] of tokens.entries()) {
    if (kind !== "word") continue;
    const word = text.toUpperCase();
    const value = tokens[index + 1];
    if (ATTRIBUTE.test(word)) role.attributes.push(word);
    if (word === "LIMIT") role.connectionLimit = Number(value?.text);
    if (word === "UNTIL" && value?.kind === "text") role.validUntil = value.text;
  }
}

/** `GRANT group TO member WITH ADMIN OPTION, INHERIT TRUE GRANTED BY somebody`, who need not be here. */
function takeMembership(roles: Map<string, ArchivedRole>, tokens: readonly Token[]): void {
  const [, group, , member, ...rest] = tokens;
  if (group === undefined || member === undefined) return;
  const words = rest.map(({ text }) => text.toUpperCase());
  const end = words.indexOf("GRANTED");
  const chosen = words.slice(1, end < 0 ? words.length : end);
  if (words[0] !== "WITH") chosen.length = 0;
  if (!chosen.every((word) => /^(ADMIN|OPTION|INHERIT|SET|TRUE|FALSE|,)$/.test(word))) return;
  roleIn(roles, member.text).groups.push({ name: group.text, words: chosen.join(" ") });
}

const TOKEN =
  /\s+|--[^\n]*|(?<=^|\n)\\[^\n]*|"(?<name>(?:[^"]|"")*)"|(?<escaped>[eE]?)'(?<text>(?:[^'\\]|''|\\[\s\S])*)'|(?<word>[\p{L}_][\p{L}\p{N}_$.]*|-?\d+)|(?<end>;)|(?<sign>[\s\S])/gu;

/** Words of each statement. A line of psql's own, `\restrict` for one, is none. */
function* statementsOf(sql: string): Generator<readonly Token[]> {
  let tokens: Token[] = [];
  for (const { groups } of sql.matchAll(TOKEN)) {
    const token = tokenOf(groups);
    if (token !== undefined) tokens.push(token);
    if (groups?.end === undefined) continue;
    yield tokens;
    tokens = [];
  }
}

function tokenOf(groups: Readonly<Record<string, string | undefined>> | undefined): Token | undefined {
  const { name, escaped, text, word, sign } = groups ?? {};
  if (name !== undefined) return { kind: "name", text: name.replaceAll('""', '"') };
  if (text !== undefined) return { kind: "text", text: unquoted(text, escaped !== "") };
  if (word !== undefined) return { kind: "word", text: word };
  return sign === undefined ? undefined : { kind: "sign", text: sign };
}

function unquoted(text: string, isEscaped: boolean): string {
  const plain = text.replaceAll("''", "'");
  return isEscaped ? plain.replaceAll(/\\([\s\S])/g, "$1") : plain;
}
