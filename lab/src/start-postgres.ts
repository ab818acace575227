import { imageOf } from "./image.ts";
import type { ThrowawayContainer } from "./start-container.ts";
import { startContainer } from "./start-container.ts";
import { untilReady } from "./until-ready.ts";

export interface StartPostgresOptions {
  readonly user?: string;
  readonly password?: string;
  readonly database?: string;
  /** More words for the server: `["-c", "wal_level=logical"]`. */
  readonly extra?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly network?: string;
  /** False keeps the data on a volume that survives `stop()`, as a test of crashes needs; it costs a second. */
  readonly inMemory?: boolean;
}

export interface StartedPostgres extends ThrowawayContainer {
  readonly version: string;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  /** Runs SQL as the superuser through the container's socket and returns what psql prints, unaligned. */
  sql(text: string, database?: string): Promise<string>;
  /** Waits until it takes connections; after `start()` on the port that `start()` gave. */
  ready(port?: number): Promise<void>;
}

const FAST = ["-c", "fsync=off", "-c", "full_page_writes=off", "-c", "synchronous_commit=off"];

/** A PostgreSQL of one test, ready for connections. */
export async function startPostgres(
  version: string,
  options: StartPostgresOptions = {},
): Promise<StartedPostgres> {
  const { user = "app", password = `p'w "$1` + "`x` ção", database = "shop", inMemory = true } = options;
  const home = Number(version) >= 18 ? "/var/lib/postgresql" : "/var/lib/postgresql/data";
  const container = await startContainer({
    image: imageOf("postgres", version),
    name: `pg${version}`,
    env: {
      POSTGRES_USER: user,
      POSTGRES_PASSWORD: password,
      POSTGRES_DB: database,
      POSTGRES_INITDB_ARGS: "--no-sync",
    },
    cmd: ["postgres", ...(inMemory ? FAST : []), ...(options.extra ?? [])],
    labels: options.labels,
    network: options.network,
    tmpfs: inMemory ? [`${home}:rw,size=2g,mode=1777`] : [],
    port: 5432,
    options: ["--shm-size", "128m", "--stop-signal", "SIGINT"],
  });
  const ready = (port = container.port) => untilPostgresTakesWork(container.host, port);
  await ready();
  return {
    ...container,
    version,
    user,
    password,
    database,
    ready,
    sql: (text, name = database) => psql(container, { version, words: ["-U", user, "-d", name] }, text),
  };
}

interface Login {
  readonly version: string;
  readonly words: readonly string[];
}

/** The program itself: Debian's wrapper, first in the official images' path too, costs more than the question. */
async function psql(container: ThrowawayContainer, login: Login, text: string): Promise<string> {
  const program = `/usr/lib/postgresql/${login.version}/bin/psql`;
  const argv = [program, "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", ...login.words];
  const { code, stdout, stderr } = await container.exec(argv, { stdin: text });
  if (code === 0) return stdout.toString().trimEnd();
  throw new Error(`psql ended with ${code}: ${stderr.trim()}`);
}

/** A start-up message gets "R" (log in) from a server that is ready and "E" from one that still starts. */
async function untilPostgresTakesWork(host: string, port: number): Promise<void> {
  const words = Buffer.from("user\0nobody\0database\0postgres\0\0");
  const head = Buffer.alloc(8);
  head.writeInt32BE(words.length + 8, 0);
  head.writeInt32BE(196_608, 4);
  await untilReady({
    host,
    port,
    hello: Buffer.concat([head, words]),
    isReady: (answer) => answer[0] === 0x52,
  });
}
