import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readLab, type StartedPostgres, startPostgres } from "@cofre/lab";
import type { ReachOptions, Specimen } from "../engine/conformance/specimen.ts";
import type { Reach } from "../engine/engine.ts";
import type { PostgresTarget } from "../engine/postgres-target.ts";
import { containerHost } from "../host/container.ts";
import type { Box, Host, Server } from "../host/host.ts";
import { createLocalServer } from "../host/local.ts";
import { Secret } from "../model/secret.ts";
import { enteredHost } from "./entered-host.ts";
import { BROKEN_RULE, startWriters } from "./postgres-writers.ts";

const FILL = readFileSync(new URL("./postgres-fill.sql", import.meta.url), "utf8");
const FINGERPRINT = readFileSync(new URL("./postgres-fingerprint.sql", import.meta.url), "utf8");

export const POSTGRES_UNITS = ["shop", `we"ird 'nàme' $(touch /tmp/owned) \\ =😀`] as const;
const ROLES = [`owner 'of' "things"`, "reader of all"] as const;
const ROW_BYTES = 32_000;

export interface PostgresSpecimen extends Specimen<PostgresTarget> {
  readonly started: StartedPostgres;
  readonly server: Server;
  /** As a host:port resource, with the tools of this machine. */
  reachByPort(password?: string): Reach<PostgresTarget>;
  /** Runs SQL as the superuser, in any database whatever its name. */
  sql(text: string, database: string): Promise<string>;
  /** Lines of the fingerprint of one database. */
  lines(unit: string): Promise<readonly string[]>;
}

/** A PostgreSQL of the lab, with its tools inside the container. */
export async function startPostgresSpecimen(
  version: string,
  extra: readonly string[] = [],
  user = "app",
): Promise<PostgresSpecimen> {
  const started = await startPostgres(version, { extra, user });
  const server = createLocalServer();
  const journals = await mkdtemp(join(tmpdir(), "cofre-journals-"));
  const [client = "docker", ...words] = readLab().docker;
  const box: Box = { client: [client, ...words], container: started.id };
  const host = containerHost(server, box);
  const inside = { ...box, image: started.id };
  const ground = { started, server, host };
  const reach = (options: ReachOptions = {}): Reach<PostgresTarget> => ({
    ...reachBase(options),
    host,
    server,
    container: inside,
    target: targetOf(started),
  });
  const reachByPort = (password = started.password): Reach<PostgresTarget> => ({
    ...reachBase({}),
    host: server,
    server,
    target: { ...targetOf(started), host: started.ip, password: new Secret(password) },
  });
  return {
    started,
    server,
    journals,
    units: POSTGRES_UNITS,
    secrets: [new Secret(started.password)],
    reach,
    sql: (text, database) => sql(started, text, database),
    reachByPort,
    entered: () => enteredHost(server, started.id),
    reachAsStranger: () => reachByPort("not the password"),
    ...contentsOf(ground),
    ...troubleOf(ground),
    [Symbol.asyncDispose]: async () => {
      await server[Symbol.asyncDispose]();
      await started[Symbol.asyncDispose]();
      await rm(journals, { recursive: true, force: true });
    },
  };
}

function reachBase({ tag, signal }: ReachOptions) {
  return { tag: tag ?? randomBytes(16).toString("hex"), signal: signal ?? new AbortController().signal };
}

function targetOf(started: StartedPostgres): PostgresTarget {
  const { user: username, password } = started;
  return { host: null, port: 5432, username, password: new Secret(password), database: null };
}

interface Ground {
  readonly started: StartedPostgres;
  readonly server: Server;
  readonly host: Host;
}

/** The database goes by the environment: as a word, a name with `=` in it would be a connection string. */
async function sql(
  { exec, user, version }: StartedPostgres,
  text: string,
  database: string,
): Promise<string> {
  const argv = [
    `/usr/lib/postgresql/${version}/bin/psql`,
    "-X",
    "-q",
    "-A",
    "-t",
    "-v",
    "ON_ERROR_STOP=1",
    "-U",
    user,
  ];
  const { code, stdout, stderr } = await exec(argv, { stdin: text, env: { PGDATABASE: database } });
  if (code === 0) return stdout.toString().trimEnd();
  throw new Error(`psql ended with ${code}: ${stderr.trim()}`);
}

const name = (text: string): string => `"${text.replaceAll('"', '""')}"`;
const word = (text: string): string => `'${text.replaceAll("'", "''")}'`;

function contentsOf({ started }: Ground) {
  const lines = async (unit: string): Promise<readonly string[]> =>
    (await sql(started, FINGERPRINT, unit)).split("\n");
  return {
    lines,
    empty: () => empty(started),
    fill: () => fill(started),
    grow: async (bytes: number) => {
      const [unit] = POSTGRES_UNITS;
      const there = await sql(started, `select 1 from pg_database where datname = ${word(unit)}`, "postgres");
      if (there === "") await sql(started, `create database ${name(unit)}`, "postgres");
      await sql(
        started,
        `create table if not exists bulk (id bigserial primary key, body text); alter table bulk alter body set storage external;
         insert into bulk (body) select repeat(md5(random()::text), ${ROW_BYTES / 32}) from generate_series(1, ${Math.ceil(bytes / ROW_BYTES)})`,
        unit,
      );
    },
    change: async () => {
      await Promise.all(POSTGRES_UNITS.map((unit) => sql(started, CHANGE, unit)));
    },
    fingerprint: async (units: readonly string[]) => {
      const all: string[] = [];
      for (const unit of units) all.push(...(await lines(unit)));
      return all.join("\n");
    },
  };
}

const CHANGE = `update customers set name = name || ' changed' where id % 7 = 0; delete from customers where id % 11 = 0;
create table created_since (id int); create view new_view as select * from customers; create schema new_schema;
drop table no_columns; select nextval('counter'); select lo_unlink(424242); alter table parent add more text;
create function new_function() returns int language sql as 'select 1'; grant all on parent to public;`;

/** Filled once, then copied: no unit of its own, because nobody may enter a template that forbids it. */
const TEMPLATE = "filled";

async function empty(started: StartedPostgres): Promise<void> {
  const listed = await sql(
    started,
    `select 'drop database ' || quote_ident(datname) || ' with (force);' from pg_database where not datistemplate and datname <> 'postgres'
     union all select 'drop role ' || quote_ident(rolname) || ';' from pg_roles where rolname !~ '^pg_' and rolname <> current_user
      and not exists (select from pg_database where datname = '${TEMPLATE}')`,
    "postgres",
  );
  if (listed !== "") await sql(started, listed, "postgres");
}

async function fill(started: StartedPostgres): Promise<void> {
  const there = await sql(started, `select 1 from pg_database where datname = '${TEMPLATE}'`, "postgres");
  if (there === "") await makeTemplate(started);
  await sql(started, POSTGRES_UNITS.map(copyTemplate).join(";\n"), "postgres");
}

async function makeTemplate(started: StartedPostgres): Promise<void> {
  const roles = ROLES.map((role) => `create role ${name(role)};`).join("\n");
  await sql(started, `${roles}\ncreate database ${TEMPLATE};`, "postgres");
  await sql(started, FILL, TEMPLATE);
  await sql(started, `alter database ${TEMPLATE} with is_template true allow_connections false`, "postgres");
}

function copyTemplate(unit: string): string {
  const database = name(unit);
  const [owner, reader] = ROLES.map(name);
  return `create database ${database} template ${TEMPLATE}; alter database ${database} owner to ${owner};
alter database ${database} connection limit 50; comment on database ${database} is 'it''s "the" \\ shop 😀';
alter database ${database} set search_path to "$user", public, "odd, one"; alter database ${database} set work_mem to '5MB';
alter database ${database} set "my.own" to 'it''s \\ mine'; alter role ${reader} in database ${database} set statement_timeout to '60s';
revoke connect on database ${database} from public; grant connect, temporary on database ${database} to ${reader} with grant option`;
}

function troubleOf({ started, host }: Ground) {
  return {
    leftovers: (tag: string) => leftovers(started, tag),
    breakDump: async (tag: string) => {
      const killed = await host.run({ argv: ["sh", "-c", KILL_DUMP, "kill", tag] });
      if (killed.stdout.trim() === "") throw new Error("there was no pg_dump to kill");
    },
    startWriters: () => startWriters((text, database) => sql(started, text, database), POSTGRES_UNITS[0]),
    brokenRule: async (unit: string): Promise<string | undefined> => {
      const broken = await sql(started, BROKEN_RULE, unit);
      return broken === "" ? undefined : broken;
    },
  };
}

/** Scans without a pipe: an orphan would make PostgreSQL restart its sessions. */
const KILL_DUMP = `for p in /proc/[0-9]*; do
  case "$(tr '\\000' '\\n' < $p/cmdline 2>/dev/null)" in *pg_dump*) ;; *) continue ;; esac
  grep -q "COFRE_JOB=$1" $p/environ 2>/dev/null && kill -9 "\${p#/proc/}" && echo killed
done; true`;

const TAGGED = `for p in $(grep -ls "COFRE_JOB=$1" /proc/[0-9]*/environ); do
  p=\${p%/environ}
  [ "\${p#/proc/}" = "$$" ] || { tr '\\000' ' ' < $p/cmdline && echo; } 2> /dev/null
done; true`;

async function leftovers(started: StartedPostgres, tag: string): Promise<readonly string[]> {
  const short = tag.slice(-12);
  const told = await sql(
    started,
    `select 'session ' || application_name || ' ' || left(query, 80) from pg_stat_activity where application_name like 'cofre:${tag}%'
     union all select 'database ' || datname from pg_database where datname = 'cofre_stage_${short}'
     union all select 'role ' || rolname from pg_roles where shobj_description(oid, 'pg_authid') like '%${tag}%'`,
    "postgres",
  );
  const programs = await started.exec(["sh", "-c", TAGGED, "look", tag]);
  return [...told.split("\n"), ...programs.stdout.toString().split("\n")].filter((line) => line !== "");
}
