import { randomBytes } from "node:crypto";
import type { Command, Ran } from "../host/host.ts";
import { Fault, isFault } from "../model/fault.ts";
import { redact } from "../model/secret.ts";
import type { Bench, Reach } from "./engine.ts";
import { mysqlFault } from "./mysqlish-faults.ts";
import type { MysqlTarget } from "./mysqlish-target.ts";
import { askTogether } from "./mysqlish-together.ts";
import type { Vendor } from "./mysqlish-vendor.ts";

/** A way in that was tried and works: where the server listens for this host. */
export interface Session {
  readonly vendor: Vendor;
  readonly reach: Reach<MysqlTarget>;
  readonly door: Door;
}

/** A socket by its path, the tools' own one when that is null, or an address. */
type Door = { readonly socket: string | null; readonly withTls?: true } | { readonly address: string };

/** Finds the first program that is there, under the names that vendors and versions give it; 127 when there is none. */
export const PICK = `pick() {
  for name in "$@"; do
    if command -v "$name" > /dev/null 2>&1; then echo "$name"; return 0; fi
  done
  echo "there is no $1 here" >&2
  return 127
}
`;

/** Words that every program gets: no file of options decides what is dumped or where it goes. */
export function loginWords(session: Session): readonly string[] {
  const { username } = session.reach.target;
  return ["--no-defaults", ...doorWords(session), `--user=${username}`, "--default-character-set=utf8mb4"];
}

function doorWords({ vendor, door, reach }: Session): readonly string[] {
  if ("address" in door) return ["--protocol=tcp", `--host=${door.address}`, `--port=${reach.target.port}`];
  const where = door.socket === null ? [] : [`--socket=${door.socket}`];
  return door.withTls ? where : [...where, ...vendor.withoutTls];
}

/** A script that gets the login as its words; the password is MYSQL_PWD, which all the programs read themselves. */
export function script(session: Session, text: string, words: readonly string[]): Command {
  const { password } = session.reach.target;
  return {
    argv: ["sh", "-c", PICK + text, "cofre", ...words],
    // Their words are read by us: no translations.
    env: { LC_ALL: "C" },
    ...(password === null ? {} : { secrets: { MYSQL_PWD: password } }),
  };
}

/** The client's names as a shell reads them: constants of ours, no quoting needed. */
export function clientOf({ vendor }: Session): string {
  return `client=$(pick ${vendor.client.join(" ")}) || exit 127\n`;
}

/** Values alone, as they are, each statement's as soon as it is there. */
export const PLAINLY = ["--batch", "--raw", "--skip-column-names", "--unbuffered", "--binary-mode"] as const;

export interface Asking {
  readonly database?: string;
  readonly limitBytes?: number;
}

/** What the statements printed, run in one session. They go by stdin: hashes of passwords may be among them. */
export async function ask(
  session: Session,
  statements: readonly string[],
  asking: Asking = {},
): Promise<string> {
  const database = asking.database === undefined ? [] : [`--database=${asking.database}`];
  const words = [...loginWords(session), ...PLAINLY, ...database];
  const stdin = [`set session sql_mode = '${session.vendor.sqlMode}'`, ...statements]
    .map((sql) => `${sql};\n`)
    .join("");
  const ran = await run(session, script(session, `${clientOf(session)}exec "$client" "$@"`, words), {
    stdin,
    ...asking,
  });
  if (ran.code === 0) return ran.stdout.trimEnd();
  throw failure(session, ran);
}

/**
 * The lines of each answer, as they were printed, in the order of the questions. They change nothing: what is asked in the same moment
 * goes in one session of the client, see `askTogether`.
 */
export async function askEach(
  session: Session,
  questions: readonly string[],
): Promise<readonly (readonly string[])[]> {
  return await askTogether(session, questions, (all) => answersOf(session, all));
}

/** The same, each under its name. */
export async function askAll<Name extends string>(
  session: Session,
  questions: Readonly<Record<Name, string>>,
): Promise<Readonly<Record<Name, readonly string[]>>> {
  const names = Object.keys(questions) as Name[]; // checked: a record's own keys
  const answers = await askEach(
    session,
    names.map((name) => questions[name]),
  );
  const told = names.map((name, index): [string, readonly string[]] => [name, answers[index] ?? []]);
  return Object.fromEntries(told) as Record<Name, readonly string[]>; // checked: made from the same names
}

async function answersOf(
  session: Session,
  questions: readonly string[],
): Promise<readonly (readonly string[])[]> {
  const mark = `cofre:${randomBytes(8).toString("hex")}`;
  const statements = questions.flatMap((question) => [`select '${mark}'`, question]);
  const printed = await ask(session, statements, { limitBytes: 64 << 20 });
  const lines = printed.split("\n").filter((line) => line !== "");
  const starts = lines.flatMap((line, index) => (line === mark ? [index] : []));
  return questions.map((_, index) => lines.slice((starts[index] ?? lines.length) + 1, starts[index + 1]));
}

/** One value for each row: the answers of `json_object` or `json_array`, one a line. */
export async function askRows(session: Session, statement: string): Promise<readonly unknown[]> {
  return rowsOf((await askAll(session, { rows: statement })).rows);
}

export function rowsOf(lines: readonly string[]): readonly unknown[] {
  return lines.map((line): unknown => JSON.parse(line));
}

/** Runs a program as the engine's own small questions are run: tagged, ended with the work, secrets out of its words. */
export async function run(
  { reach }: Session,
  command: Command,
  { stdin, limitBytes }: { readonly stdin?: string; readonly limitBytes?: number } = {},
): Promise<Ran> {
  const ran = await reach.host.run(command, {
    signal: reach.signal,
    tag: reach.tag,
    ...(stdin === undefined ? {} : { stdin }),
    ...(limitBytes === undefined ? {} : { limitBytes }),
  });
  const { password } = reach.target;
  const stderr = ran.stderr
    .split("\n")
    .filter((line) => !/Deprecated program name|Using a password on the command line/.test(line))
    .join("\n");
  return { ...ran, stderr: password === null ? stderr : redact(stderr, [password]) };
}

export function failure({ vendor, reach }: Session, ran: Ran): Fault {
  if (ran.code !== 127) return mysqlFault(`${vendor.label} in ${reach.host.name}`, ran);
  return toolMissing(vendor, reach, vendor.client);
}

export function toolMissing(vendor: Vendor, { host }: Pick<Bench, "host">, names: readonly string[]): Fault {
  return new Fault("server.tool-missing", `there is no ${names.join(" or ")} in ${host.name}`, {
    hint: `Install ${vendor.label}'s client programs there, or add the resource by its container.`,
  });
}

/**
 * Logs in with a first question, trying what may serve. Throws `target.auth`, `target.unreachable`, or whatever the question throws
 * about the server itself.
 */
export async function enter<Answer>(
  vendor: Vendor,
  reach: Reach<MysqlTarget>,
  question: (session: Session) => Promise<Answer>,
): Promise<{ readonly session: Session; readonly answer: Answer }> {
  let refused: Fault | undefined;
  for (const door of doorsOf(vendor, reach)) {
    const session: Session = { vendor, reach, door };
    try {
      return { session, answer: await question(session) };
    } catch (error) {
      if (!isFault(error) || !error.code.startsWith("target.")) throw error;
      // A closed door says less than a guard who wants another password.
      if (refused === undefined || refused.code === "target.unreachable") refused = error;
    }
  }
  throw refused ?? new Fault("bug", "there was no way to try");
}

/** Where the official images and Debian's packages listen; the tools may have been built for another place. */
const USUAL_DOOR: Door = { socket: "/var/run/mysqld/mysqld.sock" };

/** The door that serves in nearly every image, before one was tried. */
export function likelyDoor({ container, target }: Reach<MysqlTarget>): Door {
  return container === undefined ? { address: target.host ?? "127.0.0.1" } : USUAL_DOOR;
}

/** Inside the container: the usual socket, the tools' own, both for users who must come by TLS, then the loopback. */
function doorsOf(vendor: Vendor, reach: Reach<MysqlTarget>): readonly Door[] {
  if (reach.container === undefined) return [likelyDoor(reach)];
  const sockets: readonly Door[] = [USUAL_DOOR, { socket: null }];
  const guarded =
    vendor.withoutTls.length === 0 ? [] : sockets.map((door): Door => ({ ...door, withTls: true }));
  return [...sockets, ...guarded, { address: "127.0.0.1" }];
}
