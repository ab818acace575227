import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readLab, type StartedSqlServer, startMariadb, startMysql } from "@cofre/lab";
import type { ReachOptions, Specimen } from "../engine/conformance/specimen.ts";
import type { Reach } from "../engine/engine.ts";
import type { MysqlTarget } from "../engine/mysqlish-target.ts";
import { containerHost } from "../host/container.ts";
import type { Box, Host, Server } from "../host/host.ts";
import { createLocalServer } from "../host/local.ts";
import { Secret } from "../model/secret.ts";
import { BROKEN_RULE, DIGITS, startWriters } from "./mysqlish-writers.ts";

const FILL = readFileSync(new URL("./mysqlish-fill.sql", import.meta.url), "utf8");
const FINGERPRINT = readFileSync(new URL("./mysqlish-fingerprint.sql", import.meta.url), "utf8");

/** MariaDB's own dump program cannot write the events of a database with a quote or a backslash in its name. */
export const MYSQL_UNITS = {
  mysql: ["shop", "we\"ird 'nàme' $(touch x)  =`"],
  mariadb: ["shop", "-we ird nàme $(touch x) =`;"],
} as const;
const ROW_BYTES = 32_000;

export interface MysqlSpecimen extends Specimen<MysqlTarget> {
  readonly started: StartedSqlServer;
  readonly server: Server;
  /** Logged in as the application's own user. */
  reachAsApp(): Reach<MysqlTarget>;
  reachAs(username: string, password: string): Reach<MysqlTarget>;
  /** Runs SQL as root, in any database whatever its name. */
  sql(text: string, database?: string): Promise<string>;
  /** The same as the application's own user. */
  sqlAsApp(text: string, database: string): Promise<string>;
}

/** A server of the lab with its tools inside the container. Events run in it. */
export async function startMysqlSpecimen(
  engine: "mysql" | "mariadb",
  version: string,
  extra: readonly string[] = [],
): Promise<MysqlSpecimen> {
  const start = engine === "mysql" ? startMysql : startMariadb;
  const started = await start(version, { extra: ["--event-scheduler=ON", ...extra] });
  const server = createLocalServer();
  const journals = await mkdtemp(join(tmpdir(), "cofre-journals-"));
  const [client = "docker", ...words] = readLab().docker;
  const box: Box = { client: [client, ...words], container: started.id };
  const host = containerHost(server, box);
  const reachAs = (login: Login, options: ReachOptions = {}): Reach<MysqlTarget> => ({
    tag: options.tag ?? randomBytes(16).toString("hex"),
    signal: options.signal ?? new AbortController().signal,
    host,
    server,
    container: { ...box, image: started.id },
    target: { host: null, port: 3306, username: login.username, password: new Secret(login.password) },
  });
  const root = { username: "root", password: started.rootPassword };
  const sql = (text: string, database = "mysql"): Promise<string> =>
    started.sql(`use ${name(database)};\n${text}`, "mysql");
  return {
    ...{ started, server, journals, sql },
    units: MYSQL_UNITS[engine],
    secrets: [new Secret(started.rootPassword)],
    reach: (options) => reachAs(root, options),
    reachAs: (username, password) => reachAs({ username, password }),
    sqlAsApp: async (text, database) => {
      const argv = [engine, `-u${started.user}`, "--default-character-set=utf8mb4", "-BNr", database];
      const { code, stdout, stderr } = await started.exec(argv, {
        stdin: text,
        env: { MYSQL_PWD: started.password },
      });
      if (code !== 0) throw new Error(`${engine} ended with ${code}: ${stderr}`);
      return stdout.toString().trimEnd();
    },
    reachAsApp: () => reachAs({ username: started.user, password: started.password }),
    reachAsStranger: () => reachAs({ ...root, password: "not the password" }),
    ...contentsOf(sql, engine),
    ...troubleOf(sql, host),
    [Symbol.asyncDispose]: async () => {
      await server[Symbol.asyncDispose]();
      await started[Symbol.asyncDispose]();
      await rm(journals, { recursive: true, force: true });
    },
  };
}

interface Login {
  readonly username: string;
  readonly password: string;
}

type Sql = (text: string, database?: string) => Promise<string>;

const name = (text: string): string => `\`${text.replaceAll("`", "``")}\``;

function contentsOf(sql: Sql, engine: "mysql" | "mariadb") {
  const lines = async (unit: string): Promise<string> => {
    const printed = await sql(FINGERPRINT, unit);
    return printed
      .replaceAll(`${name(unit)}.`, "")
      .replaceAll(`${unit}.`, "")
      .replaceAll(`\t${unit}\t`, "\t~\t");
  };
  return {
    empty: () => empty(sql),
    fill: async () => {
      for (const unit of MYSQL_UNITS[engine]) {
        await sql(
          `create database ${name(unit)} character set utf8mb4 collate utf8mb4_unicode_ci; use ${name(unit)};\n${FILL}${ONLY[engine]}`,
        );
        await sql(`grant execute on procedure ${name(unit)}.tidy to app@'%'`);
      }
    },
    grow: async (bytes: number) => {
      const unit = "shop";
      await sql(
        `create database if not exists ${name(unit)}; use ${name(unit)}; create table if not exists bulk (id int auto_increment primary key, body longtext);
         insert into bulk (body) select repeat(sha2(rand(), 256), ${ROW_BYTES / 64}) from (${DIGITS}) a, (${DIGITS}) b, (${DIGITS}) c, (${DIGITS}) d limit ${Math.ceil(bytes / ROW_BYTES)}`,
      );
    },
    change: async () => {
      for (const unit of MYSQL_UNITS[engine]) await sql(CHANGE, unit);
    },
    fingerprint: async (units: readonly string[]) => {
      const all: string[] = [];
      for (const unit of units) all.push(await lines(unit));
      return all.join("\n");
    },
  };
}

/** What only one of the two knows. */
const ONLY = {
  mariadb: "create sequence counter start with 5 increment by 7; select nextval(counter), nextval(counter);",
  mysql:
    "create table later (id int primary key, hidden int invisible default 3, body varchar(20), key lowered ((lower(body))));",
} as const;

const CHANGE = `update customers set price = price + 1 where id % 7 = 0 and price is not null; delete from customers where id % 11 = 0;
create table created_since (id int); create view new_view as select * from empty_table; drop table parts; drop view spent; drop trigger told_too;
drop procedure \`odd "name"\`; alter table orders add more text; create function new_function() returns int deterministic return 1;
create procedure tidy_too() select 1; drop event sleeping; alter event cleaning disable; create trigger new_trigger before delete on orders for each row set @x = 1;
create event new_event on schedule every 1 hour do select 1; insert into loose (body) values ('three'); alter database character set latin1 collate latin1_swedish_ci;`;

async function empty(sql: Sql): Promise<void> {
  const printed = await sql(
    "select schema_name from information_schema.schemata where schema_name not in ('mysql', 'information_schema', 'performance_schema', 'sys')",
  );
  const all = printed.split("\n").filter((line) => line !== "");
  if (all.length > 0) await sql(all.map((schema) => `drop database ${name(schema)};`).join("\n"));
}

function troubleOf(sql: Sql, host: Host) {
  return {
    leftovers: (tag: string) => leftovers(sql, host, tag),
    breakDump: async (tag: string) => {
      const killed = await host.run({ argv: ["sh", "-c", KILL_DUMP, "kill", tag] });
      if (killed.stdout.trim() === "") throw new Error("there was no dump to kill");
    },
    startWriters: () => startWriters((text, database) => sql(text, database), "shop"),
    brokenRule: async (unit: string): Promise<string | undefined> => {
      const broken = await sql(BROKEN_RULE, unit);
      return broken === "" ? undefined : broken;
    },
  };
}

const KILL_DUMP = `for p in /proc/[0-9]*; do
  case "$(tr '\\000' '\\n' < $p/cmdline 2>/dev/null | head -n 1)" in *dump) ;; *) continue ;; esac
  grep -q "COFRE_JOB=$1" $p/environ 2>/dev/null && kill -9 "\${p#/proc/}" && echo killed
done; true`;

const TAGGED = `for p in $(grep -ls "COFRE_JOB=$1" /proc/[0-9]*/environ); do
  p=\${p%/environ}
  [ "\${p#/proc/}" = "$$" ] || { tr '\\000' ' ' < $p/cmdline && echo; } 2> /dev/null
done; true`;

async function leftovers(sql: Sql, host: Host, tag: string): Promise<readonly string[]> {
  const stage = `cofre_stage_${tag.slice(-12)}`;
  const told = await sql(
    `select concat('session ', id, ' ', left(coalesce(info, ''), 60)) from information_schema.processlist
       where (info like '%cofre:${tag}%' or db = '${stage}') and id <> connection_id()
     union all select concat('database ', schema_name) from information_schema.schemata where schema_name = '${stage}'
     union all select 'read only' from dual where concat(@@global.read_only, '') in ('1', 'ON')`,
  );
  const programs = await host.run({ argv: ["sh", "-c", TAGGED, "look", tag] });
  return [...told.split("\n"), ...programs.stdout.split("\n")].filter((line) => line !== "");
}
