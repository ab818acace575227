import { join } from "node:path";
import { absentReason, faultyTcpProxy, readLab, type StartedS3, startMinio, startOtherS3 } from "@cofre/lab";
import type { Specimen } from "../engine/conformance/specimen.ts";
import type { Reach } from "../engine/engine.ts";
import { containerHost } from "../host/container.ts";
import type { Server } from "../host/host.ts";
import { createLocalServer } from "../host/local.ts";
import { startFilesSpecimen } from "./files-specimen.ts";
import { connectLab } from "./lab-ssh.ts";
import { startMongoSpecimen } from "./mongodb-specimen.ts";
import { startMysqlSpecimen } from "./mysqlish-specimen.ts";
import { startPostgresSpecimen } from "./postgres-specimen.ts";
import { startRedisSpecimen } from "./redis-specimen.ts";
import { MINIO, OTHER_S3 } from "./s3-bench.ts";
import { type S3Ground, startS3Specimen } from "./s3-specimen.ts";

/** A way to a server, and what the matrix calls it. */
interface Reached {
  readonly how: string;
  reach(): Reach<unknown>;
}

/** A server with its engine, and the two ways to reach it; one that knows one way only is reached as it stands. */
export interface Open extends AsyncDisposable {
  readonly specimen: Specimen<unknown>;
  readonly inContainer?: Reached;
  readonly byPort?: Reached;
}

export interface Subject {
  readonly name: string;
  readonly engine: string;
  readonly absent: string | null;
  /** `folder` is the test's own, on every server that is reached. */
  open(folder: string): Promise<Open>;
}

// checked: a specimen is only ever reached by the engine that it was started for
const asAny = (specimen: unknown) => specimen as Specimen<unknown>;

/**
 * A database of the lab. Its container is reached as Cofre reaches those of a server: by SSH, with the docker of the lab's server
 * `docker`; its port with the programs of the server `clients` where those fit.
 */
interface Database {
  readonly specimen: unknown;
  readonly ip: string;
  readonly areClientsFit: boolean;
  readonly folder: string;
}

async function database({ specimen: typed, ip, areClientsFit, folder }: Database): Promise<Open> {
  const specimen = asAny(typed);
  const clients = areClientsFit && noClients === null ? await connectLab("clients") : undefined;
  const engines = noDocker === null ? await connectLab("docker") : undefined;
  const inContainer = engines === undefined ? "in its container" : "in its container, SSH";
  const byPort = clients === undefined ? "by host:port" : "by host:port, SSH";
  return {
    specimen,
    inContainer: { how: inContainer, reach: () => reachThrough(engines, specimen.reach()) },
    byPort: { how: byPort, reach: () => reachAt(specimen.reach(), { ip, on: clients }) },
    [Symbol.asyncDispose]: async () => {
      await leave(engines, folder, `/root/.cofre/restored/${specimen.reach().container?.container}`);
      await leave(clients, folder);
      await specimen[Symbol.asyncDispose]();
    },
  };
}

async function leave(server: Server | undefined, ...paths: readonly string[]): Promise<void> {
  await server?.run({ argv: ["rm", "-rf", ...paths] });
  await server?.[Symbol.asyncDispose]();
}

/** The same container by the docker of a server: its engine is this machine's. */
function reachThrough(server: Server | undefined, reach: Reach<unknown>): Reach<unknown> {
  if (server === undefined || reach.container === undefined) return reach;
  const container = { ...reach.container, client: ["docker"] as const };
  return { ...reach, host: containerHost(server, container), server, container };
}

/** Where no server's own programs fit, those of the container, that know nothing of it but its address. */
function reachAt(
  { container: _, ...reach }: Reach<unknown>,
  { ip, on }: { readonly ip: string; readonly on: Server | undefined },
): Reach<unknown> {
  const target = Object.assign({}, reach.target, { host: ip });
  return on === undefined ? { ...reach, target } : { ...reach, host: on, server: on, target };
}

interface ObjectStore extends Pick<S3Ground, "lacks"> {
  /** Its port inside the container. */
  readonly inside: number;
  readonly tunnel: boolean;
  readonly folder: string;
}

/** Of an S3: its own address from this machine, or through the tunnel of a server. */
async function objectStore(
  started: StartedS3,
  { inside, tunnel, folder, lacks }: ObjectStore,
): Promise<Open> {
  const ground = { ...started, ...(lacks === undefined ? {} : { lacks }) };
  const specimen = asAny(await startS3Specimen({ ground, proxy: await faultyTcpProxy({ target: started }) }));
  const server = tunnel && noClients === null ? await connectLab("clients") : undefined;
  const at = (host: string, port: number) => {
    const reach = specimen.reach();
    return { ...reach, target: Object.assign({}, reach.target, { host, port }) };
  };
  const [client = "docker", ...words] = readLab().docker;
  const container = { client: [client, ...words] as const, container: started.id, image: started.id };
  return {
    specimen,
    inContainer: {
      how: "in its container",
      reach: () => ({ ...at("127.0.0.1", inside), container }),
    },
    byPort:
      server === undefined
        ? { how: "by host:port", reach: () => specimen.reach() }
        : {
            how: "by host:port, SSH",
            reach: () => ({ ...at(started.ip, inside), host: server, server }),
          },
    [Symbol.asyncDispose]: async () => {
      await leave(server, folder);
      await specimen[Symbol.asyncDispose]();
    },
  };
}

const noClients = absentReason({ ssh: "clients" });
const noDocker = absentReason({ ssh: "docker" });

/** What is backed up in every way. The programs of `clients` are of PostgreSQL 15, MariaDB 10.11 and Redis 7. */
export const SUBJECTS: readonly Subject[] = [
  ...["13", "15", "17", "18"].map((version) => ({
    name: `PostgreSQL ${version}`,
    engine: "postgres",
    absent: absentReason({ engine: "postgres", version }),
    open: async (folder: string) => {
      const specimen = await startPostgresSpecimen(version);
      return await database({ specimen, ip: specimen.started.ip, areClientsFit: version === "15", folder });
    },
  })),
  ...["10.11", "11.8"].map((version) => sqlSubject("mariadb", version)),
  sqlSubject("mysql", "9.7"),
  ...["6", "7", "8"].map((version) => ({
    name: `Redis ${version}`,
    engine: "redis",
    absent: absentReason({ engine: "redis", version }),
    open: async (folder: string) => {
      const specimen = await startRedisSpecimen(version, { appendonly: true, password: "p w'd" });
      return await database({ specimen, ip: specimen.redis.ip, areClientsFit: version === "7", folder });
    },
  })),
  {
    name: "FerretDB 2.7, MongoDB's protocol",
    engine: "mongodb",
    absent: absentReason({ engine: "mongodb", version: "ferretdb-2.7" }),
    open: async (folder) => {
      const specimen = await startMongoSpecimen();
      return await database({ specimen, ip: specimen.started.ip, areClientsFit: false, folder });
    },
  },
  {
    name: "MinIO",
    engine: "s3",
    absent: absentReason(MINIO),
    open: async (folder) => await objectStore(await startMinio(), { inside: 9000, tunnel: true, folder }),
  },
  {
    name: "versitygw",
    engine: "s3",
    absent: absentReason(OTHER_S3),
    open: async (folder) =>
      await objectStore(await startOtherS3(), {
        ...{ inside: 7070, tunnel: false, folder },
        lacks: ["versions", "odd keys", "tags"],
      }),
  },
  {
    name: "files",
    engine: "files",
    absent: null,
    open: async (folder) => {
      const root = join(folder, "files");
      const specimen = asAny(await startFilesSpecimen({ server: createLocalServer(), root, secrets: [] }));
      return { specimen, [Symbol.asyncDispose]: () => specimen[Symbol.asyncDispose]() };
    },
  },
];

function sqlSubject(engine: "mysql" | "mariadb", version: string): Subject {
  return {
    name: `${engine === "mysql" ? "MySQL" : "MariaDB"} ${version}`,
    engine,
    absent: absentReason({ engine, version }),
    open: async (folder) => {
      const specimen = await startMysqlSpecimen(engine, version);
      return await database({
        specimen,
        ip: specimen.started.ip,
        areClientsFit: version === "10.11",
        folder,
      });
    },
  };
}
