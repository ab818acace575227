import type { ContainerFacts } from "../host/container-facts.ts";
import type { Detected } from "./engine.ts";
import { MYSQL_PORT } from "./mysqlish-target.ts";
import type { Vendor } from "./mysqlish-vendor.ts";

/** Last part of the image's name, without registry and tag: what is, or carries, such a server. */
const SERVERS: Readonly<Record<Vendor["id"], RegExp>> = {
  mariadb: /^mariadb([-_].*)?$|[-_]mariadb$/,
  mysql: /^mysql([-_]?\d.*|[-_]server|[-_]debian)?$|^percona([-_](server|xtradb-cluster))?([-_]\d.*)?$/,
};
/** What only speaks to one, although its name says so. */
const CLIENTS = /exporter|admin|backup|client|operator|migrat|router|proxy|shell|maxscale|adminer|cron|dump/;
const PROCESSES = /^(mysqld|mariadbd)(_safe|-safe)?$/;
/** Programs that start others and hide which. */
const STARTERS =
  /^(tini|dumb-init|docker-init|s6-svscan|sh|bash|python3?|runsvdir|supervisord|gosu|su-exec|init|systemd)$/;

/** Undefined when the container is no server of this vendor. The process tells that it is one, image and environment whose. */
export function detectServer(vendor: Vendor, container: ContainerFacts): Detected | undefined {
  if (vendorOf(container) !== vendor.id) return undefined;
  return { ...loginOf(vendor, container), version: versionOf(container) };
}

function vendorOf(container: ContainerFacts): Vendor["id"] | undefined {
  const { image, process, labels, env } = container;
  const name = imageName(image);
  if ("cofre.job" in labels || CLIENTS.test(name)) return undefined;
  const isServer = process !== null && PROCESSES.test(process);
  if (!isServer && process !== null && !STARTERS.test(process)) return undefined;
  if (SERVERS.mariadb.test(name)) return "mariadb";
  if (SERVERS.mysql.test(name)) return "mysql";
  const title = labels["org.opencontainers.image.title"] ?? "";
  if (/^mariadb/i.test(title) && !CLIENTS.test(title.toLowerCase())) return "mariadb";
  if (!isServer) return undefined;
  // Set by the images themselves, whatever they are called.
  const isMariadb = process.startsWith("mariadb") || env.MARIADB_VERSION !== undefined;
  return isMariadb ? "mariadb" : "mysql";
}

/** `ghcr.io/acme/mysql:8@sha256:…` is `mysql`. */
function imageName(image: string): string {
  const [path = ""] = image.split("@");
  return ((path.split("/").at(-1) ?? "").split(":")[0] ?? "").toLowerCase();
}

interface Login {
  readonly config: Readonly<Record<string, unknown>>;
  readonly files: Readonly<Record<string, string>>;
}

/** Root where its password is known or none, because only root can restore beside the old data; else the user that the image made. */
function loginOf(vendor: Vendor, container: ContainerFacts): Login {
  const { env } = container;
  const prefixes = vendor.id === "mariadb" ? ["MARIADB", "MYSQL"] : ["MYSQL"];
  const first = (words: readonly string[]): Found | undefined => firstOf(env, prefixes, words);
  const port = portOf(container);
  const root = first(["ROOT_PASSWORD", "MASTER_ROOT_PASSWORD"]);
  const rootName = first(["ROOT_USER"])?.value ?? "root";
  if (root !== undefined) return login({ port, username: rootName }, root);
  const user = first(["USER"]);
  const password = first(["PASSWORD"]);
  const isOpen = prefixes.some(
    (prefix) => env[`${prefix}_ALLOW_EMPTY_ROOT_PASSWORD`] ?? env[`${prefix}_ALLOW_EMPTY_PASSWORD`],
  );
  if (isOpen || env.ALLOW_EMPTY_PASSWORD === "yes" || user === undefined) {
    return { config: { port, username: rootName }, files: {} };
  }
  const named = login({ port, username: user.value }, password);
  return user.isFile
    ? {
        config: { port, ...(named.config.password === undefined ? {} : { password: named.config.password }) },
        files: { ...named.files, username: user.value },
      }
    : named;
}

function login(config: Readonly<Record<string, unknown>>, password: Found | undefined): Login {
  if (password === undefined) return { config, files: {} };
  return password.isFile
    ? { config, files: { password: password.value } }
    : { config: { ...config, password: password.value }, files: {} };
}

interface Found {
  readonly value: string;
  readonly isFile: boolean;
}

function firstOf(
  env: ContainerFacts["env"],
  prefixes: readonly string[],
  words: readonly string[],
): Found | undefined {
  for (const name of prefixes.flatMap((prefix) => words.map((word) => `${prefix}_${word}`))) {
    const value = env[name];
    if (value !== undefined && value !== "") return { value, isFile: false };
    // linuxserver.io's images say FILE__NAME.
    const file = env[`${name}_FILE`] ?? env[`FILE__${name}`];
    if (file !== undefined && file !== "") return { value: file, isFile: true };
  }
  return undefined;
}

/** Inside the container, where the tools run: published ports do not matter. */
function portOf({ env, argv }: ContainerFacts): number {
  const told =
    /(?:^|\s)(?:-P\s*|--port[= ])(\d+)/.exec(argv.join(" "))?.[1] ??
    env.MARIADB_PORT_NUMBER ??
    env.MYSQL_PORT_NUMBER ??
    env.MYSQL_TCP_PORT;
  const port = Number(told);
  return Number.isInteger(port) && port > 0 && port < 65_536 ? port : MYSQL_PORT;
}

function versionOf({ env, image }: ContainerFacts): string | null {
  const told = /^(?:1:)?(\d+(?:\.\d+)*)/.exec(
    env.MARIADB_VERSION ?? env.MYSQL_VERSION ?? env.APP_VERSION ?? "",
  )?.[1];
  return told ?? /:v?(\d+(?:\.\d+)*)/.exec(image.split("/").at(-1) ?? "")?.[1] ?? null;
}
