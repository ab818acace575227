import { imageOf } from "./image.ts";
import type { ThrowawayContainer } from "./start-container.ts";
import { startContainer } from "./start-container.ts";
import { untilReady } from "./until-ready.ts";

export interface StartMongoOptions {
  readonly version?: string;
  readonly user?: string;
  readonly password?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly network?: string;
  /** False keeps the data on a volume that survives `stop()`, as a test of crashes needs. */
  readonly inMemory?: boolean;
}

export interface StartedMongo extends ThrowawayContainer {
  readonly version: string;
  /** May do everything; logs in at the database `admin`. */
  readonly user: string;
  readonly password: string;
  /** Waits until it answers; after `start()` on the port that `start()` gave. */
  ready(port?: number): Promise<void>;
}

/**
 * A server of MongoDB's protocol for one test, ready for connections, with mongodump, mongorestore and bsondump in its container.
 * It is FerretDB, not mongod: no views, no oplog, no `dbHash`, no dump of users and roles.
 */
export async function startMongo(options: StartMongoOptions = {}): Promise<StartedMongo> {
  const { version = "ferretdb-2.7", user = "app", inMemory = true } = options;
  const { password = `p'w "$1` + "`x` \\ ção" } = options;
  const container = await startContainer({
    image: imageOf("mongodb", version),
    name: "mongo",
    env: { POSTGRES_USER: user, POSTGRES_PASSWORD: password },
    labels: options.labels,
    network: options.network,
    tmpfs: inMemory ? ["/var/lib/postgresql:rw,size=2g,mode=1777"] : [],
    port: 27_017,
  });
  const ready = (port = container.port) => untilMongoGreets(container.host, port);
  await ready();
  return { ...container, version, user, password, ready };
}

const OP_MSG = 2013;

/** `hello` needs no login. Source: MongoDB, "Wire Protocol" and bsonspec.org. */
async function untilMongoGreets(host: string, port: number): Promise<void> {
  const fields = Buffer.from("\x10hello\0\x01\0\0\0\x02$db\0\x06\0\0\0admin\0\0", "latin1");
  const words = Buffer.alloc(25 + fields.length);
  words.writeInt32LE(words.length, 0);
  words.writeInt32LE(OP_MSG, 12);
  words.writeInt32LE(fields.length + 4, 21);
  fields.copy(words, 25);
  await untilReady({
    host,
    port,
    hello: words,
    isReady: (answer) => answer.includes("isWritablePrimary\0\x01", 0, "latin1"),
  });
}
