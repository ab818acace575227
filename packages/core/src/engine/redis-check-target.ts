import { Fault } from "../model/fault.ts";
import type { Reach, RestoreRequest } from "./engine.ts";
import { ask, fieldsOf, versionOf } from "./redis-ask.ts";
import { RDB, rdbMagic } from "./redis-identify.ts";
import { beside } from "./redis-shell.ts";
import type { RedisTarget } from "./redis-target.ts";

/** An empty RDB of that version, given to the server's own checker: only that knows what its server reads. */
const READS = `
check=$(tool check-rdb) || exit 127
printf "$4\\\\377\\\\0\\\\0\\\\0\\\\0\\\\0\\\\0\\\\0\\\\0" | { "$check" /dev/stdin 2>&1; echo "exit $?"; }
`;

/** Refuses a target that this backup cannot or must not be restored to, naming why. Changes nothing. */
export async function checkTarget(reach: Reach<RedisTarget>, request: RestoreRequest): Promise<void> {
  if (request.format.name !== RDB) {
    throw new Fault("engine.unsupported", `Redis cannot be restored from ${request.format.name}`, {
      hint: "Choose a backup of a Redis.",
    });
  }
  const [info = "", cluster = "", clients = ""] = await ask(reach, ["INFO", "INFO cluster", "CLIENT LIST"]);
  const fields = fieldsOf(info);
  const where = reach.host.name;
  if (fieldsOf(cluster).cluster_enabled === "1") {
    throw unsuitable(`Redis on ${where} is part of a cluster`, "Restore into a Redis that stands alone.");
  }
  if (fields.role !== "master") {
    throw unsuitable(
      `Redis on ${where} is a replica of ${fields.master_host}:${fields.master_port}`,
      "Restore into its master: the replicas then follow.",
    );
  }
  if (/ name=sentinel-/.test(clients)) {
    throw unsuitable(
      `Redis on ${where} is watched by Sentinel, which would start a failover during the restore`,
      "Stop the Sentinels first, and start them again after the restore.",
    );
  }
  await refuseNewer(reach, request, versionOf(fields) ?? "unknown");
}

async function refuseNewer(reach: Reach<RedisTarget>, request: RestoreRequest, own: string): Promise<void> {
  const { version } = request.format;
  const from = request.serverVersion ?? `one that writes RDB ${version}`;
  const hint = `Choose a server of version ${from} or newer.`;
  if (major(request.serverVersion ?? "0") > major(own)) {
    throw new Fault("engine.version", `a backup of version ${from} cannot go into version ${own}`, { hint });
  }
  if (!/^\d{1,4}$/.test(version)) {
    throw new Fault("engine.unsupported", `RDB version ${version} is unknown`, { hint });
  }
  const ran = await reach.host.run(beside(reach.target, READS, [rdbMagic(version)]));
  if (ran.code === 127) {
    throw new Fault("server.tool-missing", `restoring Redis on ${reach.host.name}: ${ran.stderr.trim()}`, {
      hint: "Use an image with Redis's own tools.",
    });
  }
  if (/^exit 0$/m.test(ran.stdout)) return;
  throw new Fault(
    "engine.version",
    `RDB ${version} of a backup of version ${from} is unreadable to version ${own}`,
    {
      hint,
    },
  );
}

function major(version: string): number {
  return Number(/^\d+/.exec(version)?.[0] ?? 0);
}

function unsuitable(message: string, hint: string): Fault {
  return new Fault("target.unsuitable", message, { hint });
}
