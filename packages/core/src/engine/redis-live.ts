import { setTimeout as sleep } from "node:timers/promises";
import { Fault, isFault } from "../model/fault.ts";
import { Secret } from "../model/secret.ts";
import type { Reach } from "./engine.ts";
import { ask, fieldsOf, keysOf, settingOf } from "./redis-ask.ts";
import type { CheckedRdb } from "./redis-check.ts";
import type { RestoreHelper } from "./redis-helper.ts";
import { beside } from "./redis-shell.ts";
import { SWITCH } from "./redis-switch.ts";
import type { RedisTarget } from "./redis-target.ts";

/** Where a live restore keeps its RDB: inside the helper, gone with it. */
export const LIVE_STAGE = "/tmp/cofre";

/** What is changed while the target follows, and put back as it was. */
const SETTINGS = ["masterauth", "masteruser", "replica-read-only", "repl-diskless-load"] as const;
const LONGEST_REWRITE_MS = 3_600_000;
const REWRITE_TRIES = 3;

/** A served RDB: the Redis inside the helper. */
export interface Sidecar {
  readonly port: string;
  readonly password: Secret;
  /** Changes the target's own when, and only when, a full sync has replaced its data. */
  readonly replicationId: string;
}

/** The sidecar's facts; undefined when nothing is served. */
export async function sidecarOf(helper: RestoreHelper): Promise<Sidecar | undefined> {
  const { code, stdout } = await helper.run('cd "$COFRE_STAGE" && cat port replid password');
  const [port = "", replicationId = "", password = ""] = stdout.split("\n");
  if (code !== 0 || password === "") return undefined;
  return { port, replicationId, password: new Secret(password) };
}

/** Whether the data of the target is what the sidecar served. */
export async function isReplaced(reach: Reach<RedisTarget>, side: Sidecar): Promise<boolean> {
  const [info = ""] = await ask(reach, ["INFO replication"]);
  const fields = fieldsOf(info);
  if (fields.role !== "master") return false;
  return [fields.master_replid, fields.master_replid2].includes(side.replicationId);
}

/** Counts what the sidecar has loaded, and refuses what the target could not take. */
export async function checkServed(
  reach: Reach<RedisTarget>,
  helper: RestoreHelper,
  checked: CheckedRdb,
): Promise<void> {
  const { stdout } = await helper.run(
    'cd "$COFRE_STAGE" && cli=$(tool cli) && REDISCLI_AUTH=$(cat password) "$cli" -p "$(cat port)" INFO',
  );
  const info = stdout.replaceAll("\r", "");
  const keys = keysOf(info);
  if (keys > checked.keys - checked.expired || keys < checked.keys - checked.expires) {
    throw new Fault("restore.mismatch", `the copy beside the target loaded ${keys} of ${checked.keys} keys`, {
      hint: "Try again; when it stays so, use another backup.",
      context: { expires: checked.expires, expired: checked.expired },
    });
  }
  const replies = await ask(reach, ["CONFIG GET maxmemory", "CONFIG GET dir"]);
  refuseSmallMemory(
    Number(settingOf(replies[0] ?? "", "maxmemory")),
    Number(fieldsOf(info).used_memory_dataset),
  );
  await refuseSmallDisk(reach, settingOf(replies[1] ?? "", "dir"), checked.bytes);
}

/** Makes the sidecar's data the target's. Throws with the target as it was, unless the message says otherwise. */
export async function switchLive(reach: Reach<RedisTarget>, helper: RestoreHelper): Promise<Sidecar> {
  const side = await sidecarOf(helper);
  if (side === undefined) {
    throw new Fault("restore.failed", "the copy beside the target is gone", {
      hint: "Look whether the server ran out of memory, then restore again.",
    });
  }
  if (await isReplaced(reach, side)) return side;
  const before = await keepSettings(reach, helper);
  const failure = await runSwitch(reach, side);
  if (failure !== undefined) await standAlone(reach, helper, side.port);
  if (await isReplaced(reach, side)) return side;
  const after = await keysIn(reach);
  const isEmptied = after === 0 && before > 0;
  const truth = isEmptied ? ", which is EMPTY now: restore the safety backup" : "";
  throw new Fault(
    "restore.failed",
    `the target did not take the data over${truth}: ${failure ?? "its data is not the copy's"}`,
    {
      hint: "Look at the log of the target: its memory, its disk, and who may run REPLICAOF and CONFIG.",
      context: { keysBefore: before, keysAfter: after, targetChanged: isEmptied },
    },
  );
}

/**
 * Waits until a target with an AOF has written the new data to it: until then a restart would bring back the old data. Resolves with
 * a warning when it cannot.
 */
export async function persisted(reach: Reach<RedisTarget>): Promise<string | undefined> {
  const until = Date.now() + LONGEST_REWRITE_MS;
  for (let failures = 0; Date.now() < until && failures <= REWRITE_TRIES; ) {
    const fields = fieldsOf((await ask(untouched(reach), ["INFO persistence"]))[0] ?? "");
    const isWriting = fields.aof_rewrite_in_progress === "1" || fields.aof_rewrite_scheduled === "1";
    if (fields.aof_enabled !== "1") return undefined;
    if (!isWriting && fields.aof_last_bgrewrite_status !== "err") return undefined;
    if (!isWriting) {
      failures += 1;
      await ask(untouched(reach), ["BGREWRITEAOF"]);
    }
    await sleep(200);
  }
  return "Redis cannot write the restored data to its AOF: free space on its disk and run BGREWRITEAOF there, until then a restart brings the old data back";
}

/**
 * The fault of a target that a switch emptied and did not fill, also when another worker began it.
 *
 * @returns undefined when its data is there, or when it cannot be asked
 */
export async function emptiedBySwitch(
  reach: Reach<RedisTarget>,
  helper: RestoreHelper,
): Promise<Fault | undefined> {
  const kept = await helper.run('cat "$COFRE_STAGE/keys"').catch(() => undefined);
  const before = Number(kept?.stdout ?? 0);
  const after = before > 0 ? await keysIn(reach).catch(() => undefined) : undefined;
  if (after !== 0) return undefined;
  return new Fault("restore.failed", "the switch was cut, and the target is EMPTY now", {
    hint: "Restore the safety backup.",
    context: { keysBefore: before, keysAfter: after, targetChanged: true },
  });
}

async function keysIn(reach: Reach<RedisTarget>): Promise<number> {
  const [info = ""] = await ask(untouched(reach), ["INFO keyspace"]);
  return keysOf(info);
}

/** When the target still follows a sidecar of ours: makes it stand alone, with the settings that it had. */
export async function standAlone(
  reach: Reach<RedisTarget>,
  helper: RestoreHelper,
  port: string,
): Promise<void> {
  const calm = untouched(reach);
  for (let tries = 0; tries < 600 && (await follows(calm, port)); tries += 1) {
    await ask(calm, ["REPLICAOF NO ONE"]).catch(ignoreSilence);
    await sleep(100);
  }
  const { code, stdout } = await helper
    .run('cat "$COFRE_STAGE/settings"')
    .catch(() => ({ code: 1, stdout: "" }));
  if (code !== 0) return;
  const values = stdout.split("\0");
  for (const [index, name] of SETTINGS.entries()) {
    const secret = new Secret(values[index] ?? "");
    const script = `cli=$(tool cli) || exit 127
printf %s "$COFRE_VALUE" | "$cli" -h "$1" -p "$2" \${3:+--user "$3"} -x CONFIG SET "$4"`;
    const command = beside(reach.target, script, [name]);
    await reach.host.run({ ...command, secrets: { ...command.secrets, COFRE_VALUE: secret } });
  }
}

/** Whether the target follows a Redis on this port of its own network; false when it does not answer. */
export async function follows(reach: Reach<RedisTarget>, port: string): Promise<boolean> {
  const [info = ""] = await ask(untouched(reach), ["INFO replication"]).catch(ignoreSilence);
  const { role, master_host: host, master_port: at } = fieldsOf(info);
  return role === "slave" && host === "127.0.0.1" && at === port;
}

/** Resolves with what went wrong, undefined when the script says that all is done and the settings are as they were. */
async function runSwitch(reach: Reach<RedisTarget>, side: Sidecar): Promise<string | undefined> {
  const command = beside(reach.target, SWITCH, [side.port]);
  try {
    // Without the job's tag and signal: a cancel may not kill it half-way, it ends in seconds.
    const ran = await reach.host.run({
      ...command,
      env: { COFRE_SWITCH: reach.tag },
      secrets: { ...command.secrets, COFRE_SIDE: side.password },
    });
    const said = ran.stderr.trim().split("\n").at(-1);
    return ran.code === 0 && said === "" ? undefined : said || `exit code ${ran.code}`;
  } catch (error) {
    // What became of the target is told by the target.
    return error instanceof Error ? error.message : String(error);
  }
}

/** The settings as they are now, kept in the helper for whoever has to put them back. Resolves with the number of keys. */
async function keepSettings(reach: Reach<RedisTarget>, helper: RestoreHelper): Promise<number> {
  const asked = SETTINGS.map((name) => `CONFIG GET ${name}`);
  const [keyspace = "", ...replies] = await ask(reach, ["INFO keyspace", ...asked]);
  const values = SETTINGS.map((name, index) => settingOf(replies[index] ?? "", name) ?? "");
  const kept = await helper.run(
    `umask 077; cd "$COFRE_STAGE" && { [ -e settings ] || { echo ${keysOf(keyspace)} > keys && cat > settings; }; }`,
    {
      stdin: values.join("\0"),
    },
  );
  if (kept.code === 0) return keysOf(keyspace);
  throw new Fault("restore.failed", `the copy beside the target is gone: ${kept.stderr.trim()}`);
}

function refuseSmallMemory(limit: number, needed: number): void {
  // A cache lives at its limit: only what is clearly more would be refused or evicted at once.
  if (!(limit > 0) || needed <= limit * 1.05) return;
  throw new Fault("target.unsuitable", `the data needs ${needed} bytes, the target's maxmemory is ${limit}`, {
    hint: "Raise maxmemory on the target, then restore again.",
  });
}

async function refuseSmallDisk(
  { host }: Reach<RedisTarget>,
  folder: string | undefined,
  bytes: number,
): Promise<void> {
  if (folder === undefined) return;
  const { freeBytes } = await host.files.space(folder);
  // Once as it is received, once more where the target rewrites its AOF.
  if (freeBytes >= bytes * 2) return;
  throw new Fault(
    "server.no-space",
    `${folder} of ${host.name} has ${freeBytes} bytes free, ${bytes * 2} are needed`,
    {
      hint: "Free space on that disk, then restore again.",
    },
  );
}

function untouched(reach: Reach<RedisTarget>): Reach<RedisTarget> {
  return { ...reach, signal: new AbortController().signal };
}

function ignoreSilence(error: unknown): readonly string[] {
  if (isFault(error, "target.unreachable") || isFault(error, "target.missing")) return [];
  throw error;
}
