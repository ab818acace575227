import type { Inspection } from "../model/engine.ts";
import { Fault } from "../model/fault.ts";
import type { Bench, CheckPlan, Engine, Reach } from "./engine.ts";
import { ask, fieldsOf, versionOf } from "./redis-ask.ts";
import { CHECK, factsOf, readCheck } from "./redis-check.ts";
import { detectRedis } from "./redis-detect.ts";
import { dumpRedis } from "./redis-dump.ts";
import { identifyRdb, RDB } from "./redis-identify.ts";
import { restoreRedis } from "./redis-restore.ts";
import { RedisTarget, WHOLE_SERVER } from "./redis-target.ts";

/** Redis and its forks (Valkey, KeyDB): dumped as an RDB by a full sync, restored live by replication from a sidecar. */
export const redis: Engine<RedisTarget> = {
  id: "redis",
  kind: "database",
  label: "Redis",
  capabilities: {
    unit: "server",
    combinesUnits: false,
    consistent: true,
    stagedRestore: true,
    atomicRestore: true,
    downtime: "read-only-seconds",
    keepsOld: false,
    selective: false,
    restoreNeedsContainer: true,
    restoreOptions: [],
  },
  formats: [RDB],
  defaultPort: 6379,
  configSchema: RedisTarget,
  secretFields: ["password"],
  detect: detectRedis,
  inspect: inspectRedis,
  dump: dumpRedis,
  identify: identifyRdb,
  validate: validateRdb,
  restore: restoreRedis,
};

async function inspectRedis(reach: Reach<RedisTarget>): Promise<Inspection> {
  const [info = ""] = await ask(reach, ["INFO"]);
  const fields = fieldsOf(info);
  const version = versionOf(fields);
  if (version === undefined) {
    throw new Fault(
      "target.unsuitable",
      `what answers on ${reach.host.name} does not say its Redis version`,
      {
        hint: "Look whether INFO was renamed, or forbidden to this user.",
        context: { said: info.slice(0, 200) },
      },
    );
  }
  const used = Number(fields.used_memory);
  return {
    version,
    units: [{ name: WHOLE_SERVER, sourceBytes: Number.isSafeInteger(used) ? used : null }],
  };
}

function validateRdb({ host }: Bench): CheckPlan {
  return {
    sink: { via: "command", command: { argv: ["sh", "-c", CHECK] }, on: host },
    conclude: (output) => factsOf(readCheck(output)),
  };
}
