import type { ContainerFacts } from "../host/container-facts.ts";
import type { Detected } from "./engine.ts";
import { POSTGRES_PORT } from "./postgres-target.ts";

/** Last part of the image's name, without registry and tag: what is, or carries, a PostgreSQL server. */
const SERVERS =
  /^(postgres(ql)?|postgis|timescaledb|pgvector|pgvecto-rs|citus|paradedb|spilo|edb-postgres|alloydb|cloudnative-pg)([-_].*)?$/;
/** What only speaks to one, although its name says PostgreSQL. */
const CLIENTS =
  /exporter|pgadmin|pgbouncer|pgpool|pgcat|backup|postgrest|[-_]meta|client|operator|migrat|walg|wal-g|barman|adminer/;
/** Programs that start others and hide which. */
const STARTERS =
  /^(tini|dumb-init|docker-init|s6-svscan|sh|bash|python3?|patroni|runsvdir|supervisord|gosu|su-exec|init|systemd)$/;

/** Names of the variables by which the images take each field, the most telling first. */
const FIELDS = {
  username: ["POSTGRES_USER", "POSTGRESQL_USERNAME", "POSTGRESQL_USER", "PGUSER"],
  password: ["POSTGRES_PASSWORD", "POSTGRESQL_PASSWORD", "PGPASSWORD"],
  database: ["POSTGRES_DB", "POSTGRESQL_DATABASE", "PGDATABASE"],
} as const;

/** Undefined when the container is no PostgreSQL server. The process decides where it is known, then image, label and environment. */
export function detectPostgres(container: ContainerFacts): Detected | undefined {
  if (!isServer(container)) return undefined;
  const config: Record<string, unknown> = { port: portOf(container), username: superuserOf(container) };
  const files: Record<string, string> = {};
  for (const [field, names] of Object.entries(FIELDS)) {
    const found = firstOf(container.env, names);
    if (found === undefined) continue;
    if (found.isFile) files[field] = found.value;
    else config[field] = found.value;
  }
  if (isBitnamiWithAdmin(container)) {
    config.username = "postgres";
    adminPassword(container, config, files);
  }
  return { config, files, version: versionOf(container) };
}

function isServer({ image, process, env, labels, argv }: ContainerFacts): boolean {
  const name = imageName(image);
  if (CLIENTS.test(name)) return false;
  if (process !== null && /^(postgres|postmaster)/.test(process)) return true;
  if (process !== null && !STARTERS.test(process)) return false;
  if (SERVERS.test(name)) return true;
  const title = labels["org.opencontainers.image.title"] ?? "";
  if (/^postgres/i.test(title) && !CLIENTS.test(title.toLowerCase())) return true;
  // Set by the image itself, never needed by a client.
  if (env.PGDATA !== undefined && (env.PG_MAJOR !== undefined || env.PG_VERSION !== undefined)) return true;
  return argv.some((word) => /(^|\/)postgres$/.test(word)) && env.PGDATA !== undefined;
}

/** `ghcr.io/acme/postgres:15@sha256:…` is `postgres`. */
function imageName(image: string): string {
  const [path = ""] = image.split("@");
  const last = path.split("/").at(-1) ?? "";
  return (last.split(":")[0] ?? "").toLowerCase();
}

interface Value {
  readonly value: string;
  readonly isFile: boolean;
}

function firstOf(env: ContainerFacts["env"], names: readonly string[]): Value | undefined {
  for (const name of names) {
    const value = env[name];
    if (value !== undefined && value !== "") return { value, isFile: false };
    const file = env[`${name}_FILE`];
    if (file !== undefined && file !== "") return { value: file, isFile: true };
  }
  return undefined;
}

/** The user that the image makes superuser when it is told no other. Supabase keeps the superuser apart from `postgres`. */
function superuserOf({ image, env }: ContainerFacts): string {
  return /supabase\/postgres/.test(image) && env.POSTGRES_USER === undefined ? "supabase_admin" : "postgres";
}

/** Bitnami's own user is an ordinary one when it is not `postgres`; the superuser then has a password of its own. */
function isBitnamiWithAdmin({ env }: ContainerFacts): boolean {
  const hasAdmin =
    env.POSTGRESQL_POSTGRES_PASSWORD !== undefined || env.POSTGRESQL_POSTGRES_PASSWORD_FILE !== undefined;
  return hasAdmin && (env.POSTGRESQL_USERNAME ?? "postgres") !== "postgres";
}

function adminPassword(
  { env }: ContainerFacts,
  config: Record<string, unknown>,
  files: Record<string, string>,
): void {
  delete config.password;
  delete files.password;
  delete files.username;
  const admin = firstOf(env, ["POSTGRESQL_POSTGRES_PASSWORD"]);
  if (admin === undefined) return;
  if (admin.isFile) files.password = admin.value;
  else config.password = admin.value;
}

/** Inside the container, where the tools run: published ports do not matter. */
function portOf({ env, argv }: ContainerFacts): number {
  const words = argv.join(" ");
  const told =
    /(?:^|\s)-p\s*(\d+)/.exec(words)?.[1] ??
    /(?:-c\s*|--)port\s*=\s*'?(\d+)/.exec(words)?.[1] ??
    env.PGPORT ??
    env.POSTGRESQL_PORT_NUMBER;
  const port = Number(told);
  return Number.isInteger(port) && port > 0 && port < 65_536 ? port : POSTGRES_PORT;
}

function versionOf({ env, image }: ContainerFacts): string | null {
  const told = /^\d+(\.\d+)*/.exec(env.PG_VERSION ?? env.APP_VERSION ?? env.PG_MAJOR ?? "")?.[0];
  if (told !== undefined) return told;
  const tag = /:([^/@]+)(@|$)/.exec(image)?.[1] ?? "";
  return /(?:^v?|pg)(\d+(?:\.\d+)*)/.exec(tag)?.[1] ?? null;
}
