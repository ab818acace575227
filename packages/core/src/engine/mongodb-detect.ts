import type { ContainerFacts } from "../host/container-facts.ts";
import type { Detected } from "./engine.ts";
import { MONGODB_PORT } from "./mongodb-target.ts";

const IMAGES =
  /^(mongo|mongodb|mongodb-community-server|mongodb-enterprise-server|mongodb-sharded|percona-server-mongodb|ferretdb|ferretdb-eval|mongodb-atlas-local|mongodb-full)$/;
const PROCESSES = /^(mongod|ferretdb)$/;
/** The administrator first: whoever may read only one database cannot back up the others. Bitnami's root needs no user variable. */
const LOGINS = [
  { user: ["MONGO_INITDB_ROOT_USERNAME"], password: ["MONGO_INITDB_ROOT_PASSWORD"], usual: undefined },
  {
    user: ["MONGODB_INITDB_ROOT_USERNAME"],
    password: ["MONGODB_INITDB_ROOT_PASSWORD"],
    usual: undefined,
  },
  { user: ["MONGODB_ROOT_USER"], password: ["MONGODB_ROOT_PASSWORD"], usual: "root" },
  { user: ["MONGO_ROOT_USERNAME"], password: ["MONGO_ROOT_PASSWORD"], usual: "root" },
  // FerretDB knows the users of the PostgreSQL behind it.
  {
    user: ["FERRETDB_USER", "POSTGRES_USER"],
    password: ["FERRETDB_PASSWORD", "POSTGRES_PASSWORD"],
    usual: undefined,
  },
] as const;

/** MongoDB, its builds and FerretDB, by image under any registry and tag, else by the main process; never what only talks to one. */
export function detectMongo(container: ContainerFacts): Detected | undefined {
  if (!isMongo(container)) return undefined;
  const { env } = container;
  const config: Record<string, unknown> = { host: "127.0.0.1", port: portOf(container) };
  const files: Record<string, string> = {};
  for (const { user, password, usual } of LOGINS) {
    const secret = told(env, password);
    if (secret === undefined) continue;
    put("password", secret);
    const name = told(env, user) ?? (usual === undefined ? undefined : { value: usual, isFile: false });
    if (name !== undefined) put("username", name);
    break;
  }
  return { config, files, version: versionOf(container) };

  function put(field: string, { value, isFile }: Told): void {
    if (isFile) files[field] = value;
    else config[field] = value;
  }
}

function isMongo({ image, process, argv, labels }: ContainerFacts): boolean {
  if ("cofre.job" in labels) return false;
  // A router and a config server hold no data of their own.
  if (process === "mongos" || argv.some((word) => /(^|\/)mongos$|^--configsvr$/.test(word))) return false;
  if (process !== null && PROCESSES.test(process)) return true;
  return IMAGES.test(nameOf(image));
}

function nameOf(image: string): string {
  return (image.split("/").at(-1) ?? "").replace(/[:@].*$/, "");
}

interface Told {
  readonly value: string;
  readonly isFile: boolean;
}

function told(env: Readonly<Record<string, string>>, names: readonly string[]): Told | undefined {
  for (const name of names) {
    const value = env[name];
    if (value !== undefined && value !== "") return { value, isFile: false };
    const file = env[`${name}_FILE`];
    if (file !== undefined && file !== "") return { value: file, isFile: true };
  }
  return undefined;
}

/** Inside the container, where the tools run: published ports do not matter. */
function portOf({ argv, env }: ContainerFacts): number {
  const words = argv.join(" ");
  const port = Number(
    /(?:^|\s)--port[\s=]+(\d+)/.exec(words)?.[1] ?? env.MONGODB_PORT_NUMBER ?? MONGODB_PORT,
  );
  return Number.isInteger(port) && port > 0 && port < 65_536 ? port : MONGODB_PORT;
}

function versionOf({ env, image }: ContainerFacts): string | null {
  const said = /^\d+(\.\d+)*/.exec(env.MONGO_VERSION ?? env.APP_VERSION ?? "")?.[0];
  return said ?? /:v?(\d+(?:\.\d+)*)/.exec(image.split("/").at(-1) ?? "")?.[1] ?? null;
}
