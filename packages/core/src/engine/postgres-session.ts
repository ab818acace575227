import type { Command, Ran } from "../host/host.ts";
import { Fault, isFault } from "../model/fault.ts";
import { redact } from "../model/secret.ts";
import type { Reach } from "./engine.ts";
import { postgresFault } from "./postgres-faults.ts";
import { applicationName } from "./postgres-sql.ts";
import type { PostgresTarget } from "./postgres-target.ts";
import { inShell } from "./postgres-tools.ts";

/** A way in that was tried and works: where the server listens for this host. */
export interface Session {
  readonly reach: Reach<PostgresTarget>;
  /** Null for the socket of the tools' own build. */
  readonly address: string | null;
  readonly port: number;
}

interface Words {
  readonly database: string;
  readonly role?: "ask" | "dump" | "count" | "load" | "switch";
  readonly options?: readonly string[];
}

/**
 * One of PostgreSQL's programs, logged in. The database's name goes by the environment: given as a word, a name with `=` in it
 * would be read as a connection string.
 */
export function program(session: Session, argv: Command["argv"], words: Words): Command {
  const { target, tag } = session.reach;
  return {
    argv: argv[0] === "sh" ? argv : inShell(argv),
    env: {
      ...(session.address === null ? {} : { PGHOST: session.address }),
      PGPORT: String(session.port),
      PGUSER: target.username,
      PGDATABASE: words.database,
      PGAPPNAME: applicationName(tag, words.role ?? "ask"),
      PGCONNECT_TIMEOUT: "15",
      // Their words are read by us: no translations.
      LC_ALL: "C",
      ...(words.options === undefined
        ? {}
        : { PGOPTIONS: words.options.map((set) => `-c ${set}`).join(" ") }),
    },
    ...(target.password === null ? {} : { secrets: { PGPASSWORD: target.password } }),
  };
}

/** `psql` that runs these statements in this order in one session, and prints values alone. */
export function psql(session: Session, statements: readonly string[], words: Words): Command {
  const queries = statements.flatMap((sql) => ["-c", sql]);
  const command = program(
    session,
    ["psql", "-X", "-w", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", ...queries],
    words,
  );
  return { ...command, env: { ...command.env, PGCLIENTENCODING: "UTF8" } };
}

/** What the statements printed. Throws the Fault that names why the server or a statement refused. */
export async function ask(session: Session, statements: readonly string[], words: Words): Promise<string> {
  const { reach } = session;
  const ran = await run(session, psql(session, statements, words));
  if (ran.code === 0) return ran.stdout.trimEnd();
  throw postgresFault(reach, ran);
}

/** Runs a program as the engine's own small questions are run: tagged, ended with the work, secrets out of its words. */
export async function run(session: Session, command: Command): Promise<Ran> {
  const { reach } = session;
  const ran = await reach.host.run(command, { signal: reach.signal, tag: reach.tag });
  const { password } = reach.target;
  return password === null ? ran : { ...ran, stderr: redact(ran.stderr, [password]) };
}

/**
 * Logs in, trying what may serve: inside the container the socket, then the loopback, where the passwords of images differ in what
 * they ask for. The first question knocks, so that it costs no exec of its own. Throws `target.auth`, `target.unreachable` or
 * `target.missing`.
 */
export async function logIn(
  reach: Reach<PostgresTarget>,
  databases: readonly string[],
  question: readonly string[] = ["select 1"],
): Promise<Entered> {
  let refused: Fault | undefined;
  for (const door of doorsOf(reach)) {
    const entered = await enter({ reach, ...door }, databases, question);
    if (!(entered instanceof Fault)) return entered;
    // A closed door says less than a guard who wants another password.
    if (refused === undefined || refused.code === "target.unreachable") refused = entered;
  }
  throw refused ?? new Fault("bug", "there was no way to try");
}

/** Where `logIn` tries first: most often the way in, so that a question may be asked there while it still knocks. */
export function firstSession(reach: Reach<PostgresTarget>): Session {
  return { reach, ...doorsOf(reach)[0] };
}

/** Whether both would log in at the same place. */
export function isSameDoor(one: Session, other: Session): boolean {
  return one.address === other.address && one.port === other.port;
}

export interface LoggedIn {
  readonly session: Session;
  /** The first of the databases asked for that is there. */
  readonly database: string;
}

export interface Entered extends LoggedIn {
  /** What the first question printed. */
  readonly printed: string;
}

/** Databases to ask questions in: any that is there will do. */
export function lobbies(target: PostgresTarget): readonly string[] {
  return [...new Set(["postgres", target.database, target.username, "template1"])].filter(
    (name) => name !== null,
  );
}

/** What one database refuses another may grant. */
const TRY_THE_NEXT: ReadonlySet<string> = new Set([
  "target.missing",
  "target.permission",
  "target.unsuitable",
]);

async function enter(
  session: Session,
  databases: readonly string[],
  question: readonly string[],
): Promise<Entered | Fault> {
  let refused: Fault | undefined;
  for (const database of databases) {
    try {
      return { session, database, printed: await ask(session, question, { database }) };
    } catch (error) {
      if (!isFault(error) || !error.code.startsWith("target.")) throw error;
      if (!TRY_THE_NEXT.has(error.code)) return error;
      refused ??= error;
    }
  }
  return refused ?? new Fault("target.missing", "no database to log in to was named");
}

type Door = Pick<Session, "address" | "port">;

function doorsOf({ container, target }: Reach<PostgresTarget>): readonly [Door, ...Door[]] {
  if (container === undefined) return [{ address: target.host ?? "127.0.0.1", port: target.port }];
  return [
    { address: null, port: target.port },
    { address: "127.0.0.1", port: target.port },
  ];
}
