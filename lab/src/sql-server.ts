import { imageOf } from "./image.ts";
import type { EngineName } from "./read-lab.ts";
import type { ThrowawayContainer } from "./start-container.ts";
import { startContainer } from "./start-container.ts";
import { untilReady } from "./until-ready.ts";

export interface StartSqlServerOptions {
  readonly user?: string;
  readonly password?: string;
  readonly rootPassword?: string;
  readonly database?: string;
  /** More words for the server: `["--event-scheduler=ON"]`. */
  readonly extra?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly network?: string;
  /** False keeps the data on a volume that survives `stop()`, as a test of crashes needs. */
  readonly inMemory?: boolean;
}

export interface StartedSqlServer extends ThrowawayContainer {
  readonly version: string;
  /** The application's user: owns nothing, has all rights on `database`. */
  readonly user: string;
  readonly password: string;
  readonly rootPassword: string;
  readonly database: string;
  /** Runs SQL as root through the container's socket and returns what the client prints: tabs, no headings. */
  sql(text: string, database?: string): Promise<string>;
  /** Waits until it takes connections; after `start()` on the port that `start()` gave. */
  ready(port?: number): Promise<void>;
}

interface Flavour {
  readonly engine: EngineName;
  /** Begins the names of the image's variables. */
  readonly prefix: "MARIADB" | "MYSQL";
  readonly server: string;
  readonly client: string;
  readonly version: string;
}

const FAST = ["--innodb-flush-log-at-trx-commit=0", "--skip-innodb-doublewrite", "--sync-binlog=0"];

/** What MariaDB and MySQL have in common: protocol, variables of the image, client. */
export async function startSqlServer(
  flavour: Flavour,
  options: StartSqlServerOptions,
): Promise<StartedSqlServer> {
  const { user = "app", password = `p'w "$1` + "`x` ção", database = "shop", inMemory = true } = options;
  const { rootPassword = `root ${password}` } = options;
  const { engine, prefix, version } = flavour;
  const container = await startContainer({
    image: imageOf(engine, version),
    name: `${engine}${version.replace(".", "")}`,
    env: {
      [`${prefix}_ROOT_PASSWORD`]: rootPassword,
      [`${prefix}_DATABASE`]: database,
      [`${prefix}_USER`]: user,
      [`${prefix}_PASSWORD`]: password,
    },
    cmd: [flavour.server, ...(inMemory ? FAST : []), ...(options.extra ?? [])],
    labels: options.labels,
    network: options.network,
    tmpfs: inMemory ? ["/var/lib/mysql:rw,size=2g,mode=1777"] : [],
    port: 3306,
  });
  const ready = (port = container.port) => untilServerGreets(container.host, port);
  await ready();
  const sql = async (text: string, name = database) => {
    const argv = [flavour.client, "-uroot", "--default-character-set=utf8mb4", "-BNr", name];
    const result = await container.exec(argv, { stdin: text, env: { MYSQL_PWD: rootPassword } });
    if (result.code === 0) return result.stdout.toString().trimEnd();
    throw new Error(`${flavour.client} ended with ${result.code}: ${result.stderr.trim()}`);
  };
  return { ...container, version, user, password, rootPassword, database, ready, sql };
}

/** The server speaks first: a greeting of protocol 10, or an error packet while it cannot serve. */
async function untilServerGreets(host: string, port: number): Promise<void> {
  await untilReady({ host, port, hello: new Uint8Array(0), isReady: (answer) => answer[4] === 0x0a });
}
