import { randomBytes } from "node:crypto";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { readLab, type StartedRedis, type StartRedisOptions, startRedis } from "@cofre/lab";
import type { ReachOptions, Specimen } from "../engine/conformance/specimen.ts";
import type { Reach, ReachedContainer } from "../engine/engine.ts";
import { type RedisTarget, WHOLE_SERVER } from "../engine/redis-target.ts";
import { containerHost } from "../host/container.ts";
import type { Server } from "../host/host.ts";
import { createLocalServer } from "../host/local.ts";
import { Secret } from "../model/secret.ts";
import { enteredHost } from "./entered-host.ts";
import { CHANGE, FILL, FINGERPRINT, FUNCTIONS, HASH_FIELDS } from "./redis-specimen-data.ts";

export interface RedisSpecimen extends Specimen<RedisTarget> {
  readonly redis: StartedRedis;
  readonly server: Server;
  readonly container: ReachedContainer;
}

export interface RedisSpecimenOptions extends StartRedisOptions {
  /** Whether the server sends a sync without a file of its own. */
  readonly diskless?: boolean;
  /** A server that drives the lab's engine, and how; this machine unless given. */
  readonly through?: { readonly server: Server; readonly client: readonly [string, ...string[]] };
}

/** A throwaway Redis in the lab's engine, reached through this machine's docker client. */
export async function startRedisSpecimen(
  version: string,
  { diskless = true, extra = [], through, ...options }: RedisSpecimenOptions = {},
): Promise<RedisSpecimen> {
  const sync = ["--repl-diskless-sync", diskless ? "yes" : "no", "--repl-diskless-sync-delay", "0"];
  const redis = await startRedis(version, { ...options, extra: [...sync, ...extra] });
  const [program = "docker", ...words] = readLab().docker;
  const { server, client } = through ?? {
    server: createLocalServer("lab"),
    client: [program, ...words] as const,
  };
  const { stdout } = await server.run({ argv: [...client, "inspect", "-f", "{{.Image}}", redis.id] });
  const container: ReachedContainer = {
    client,
    container: redis.id,
    image: stdout.trim(),
  };
  const journals = await mkdtemp(join(tmpdir(), "cofre-journals-"));
  const password = redis.password === null ? undefined : new Secret(redis.password);
  const reach = (to: ReachOptions = {}, login = password): Reach<RedisTarget> => ({
    host: containerHost(server, container),
    server,
    target: { host: "127.0.0.1", port: 6379, password: login },
    container,
    tag: to.tag ?? randomBytes(16).toString("hex"),
    signal: to.signal ?? new AbortController().signal,
  });
  return {
    redis,
    server,
    container,
    journals,
    reach,
    units: [WHOLE_SERVER],
    secrets: password === undefined ? [] : [password],
    ...contentsOf(redis, Number(version)),
    leftovers: (tag) => leftovers({ redis, server, container }, tag),
    entered: async () => (through === undefined ? await enteredHost(server, redis.id) : undefined),
    breakDump: async (tag) => {
      // While the dump's output waits to be read, containerd may keep the end of this exec to itself: the kill is done all the same.
      await Promise.race([redis.exec(["sh", "-c", KILL, "kill", tag]), sleep(3000)]);
    },
    ...(password === undefined ? {} : { reachAsStranger: () => reach({}, new Secret("not the password")) }),
    [Symbol.asyncDispose]: async () => {
      await redis[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
      await rm(journals, { recursive: true, force: true });
      await rm(join(homedir(), ".cofre/restored", redis.id), { force: true });
    },
  };
}

const TAGGED = 'grep -ls "COFRE_\\(JOB\\|SWITCH\\)=$1" /proc/[0-9]*/environ';
const KILL = `for p in $(${TAGGED} | cut -d/ -f3); do kill -9 "$p"; done`;

type Contents = Pick<
  Specimen<RedisTarget>,
  "empty" | "fill" | "grow" | "change" | "fingerprint" | "startWriters" | "brokenRule"
>;

function contentsOf(redis: StartedRedis, major: number): Contents {
  const send = (commands: string) => redis.cli([], commands);
  return {
    empty: async () => {
      await redis.cli(["FLUSHALL"]);
      if (major >= 7) await redis.cli(["FUNCTION", "FLUSH"]);
    },
    fill: async () => {
      await send(FILL);
      if (major >= 7) await redis.cli(["-x", "FUNCTION", "LOAD"], FUNCTIONS);
      if (major >= 8) await send(HASH_FIELDS);
    },
    grow: async (bytes) => {
      const part = 4 << 20;
      for (let done = 0; done < bytes; done += part) {
        await redis.cli(["-x", "SET", `grown:${done}`], randomBytes(Math.min(part, bytes - done)));
      }
    },
    change: async () => {
      await send(CHANGE);
      if (major >= 7) await redis.cli(["FUNCTION", "FLUSH"]);
    },
    fingerprint: () => redis.cli(["-x", "EVAL", FINGERPRINT, "0"], ""),
    startWriters: () => startWriters(redis),
    brokenRule: async () => (await redis.cli(["EVAL", RULE, "0"])) || undefined,
  };
}

const WRITE = `local n = redis.call('INCR', 'w:a') redis.call('SET', 'w:b', n) redis.call('HSET', 'w:h', n % 5000, n) return n`;
const RULE = `
local a, b = redis.call('GET', 'w:a'), redis.call('GET', 'w:b')
if not a then return 'nothing was written' end
if a ~= b then return 'a is ' .. a .. ', b is ' .. tostring(b) end
if redis.call('HGET', 'w:h', a % 5000) ~= a then return 'the last write is missing' end
return ''`;

async function startWriters(redis: StartedRedis): Promise<AsyncDisposable> {
  await redis.exec(["touch", "/tmp/writing"]);
  const loop = 'while [ -e /tmp/writing ]; do redis-cli -r 500 EVAL "$1" 0 > /dev/null; done';
  const env = redis.password === null ? {} : { REDISCLI_AUTH: redis.password };
  const ended = redis.exec(["sh", "-c", loop, "write", WRITE], { env });
  return {
    [Symbol.asyncDispose]: async () => {
      await redis.exec(["rm", "-f", "/tmp/writing"]);
      await ended;
    },
  };
}

async function leftovers(
  { redis, server, container }: Pick<RedisSpecimen, "redis" | "server" | "container">,
  tag: string,
): Promise<string[]> {
  const { stdout: inside } = await redis.exec(["sh", "-c", TAGGED, "look", tag]);
  const label = `label=cofre.job=${tag}`;
  const beside = await server.run({ argv: [...container.client, "ps", "-aq", "--filter", label] });
  const stages = await redis.exec(["sh", "-c", 'ls -d /data/.cofre-stage-"$1"', "look", tag]);
  const role = /^role:(\w+)/m.exec(await redis.cli(["INFO", "replication"]))?.[1];
  return [
    ...lines(inside.toString()),
    ...lines(beside.stdout).map((id) => `container ${id}`),
    ...lines(stages.stdout.toString()),
    ...(role === "master" ? [] : [`the target is a ${role}`]),
    ...(await notes(tag)),
  ];
}

async function notes(tag: string): Promise<string[]> {
  const folder = join(homedir(), ".cofre/restored");
  const names = await readdir(folder).catch(() => []);
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), "utf8").catch(() => "")));
  return texts.some((text) => text.includes(tag)) ? ["a note of the restore"] : [];
}

function lines(text: string): string[] {
  return text.split("\n").filter((line) => line !== "");
}
