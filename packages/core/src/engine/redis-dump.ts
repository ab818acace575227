import { Fault, isFault } from "../model/fault.ts";
import type { DumpPlan, DumpRequest, Reach } from "./engine.ts";
import { ask, fieldsOf, versionOf } from "./redis-ask.ts";
import { CHECK, factsOf, readCheck } from "./redis-check.ts";
import { rdbFormat } from "./redis-identify.ts";
import { beside } from "./redis-shell.ts";
import { type RedisTarget, WHOLE_SERVER } from "./redis-target.ts";

/**
 * Asks for a full sync as a replica would and writes what comes. When the server sends without a file of its own (diskless), it
 * marks the end with 40 random hex digits and redis-cli leaves them in a dump to stdout. An RDB ends with 0xFF and eight bytes of
 * checksum, and 0xFF is no hex digit: so 40 hex digits at the end are the mark, whatever the version or its settings. A pipeline in
 * one exec may leave orphans to the server when it is killed; unlike PostgreSQL, Redis does not mind them.
 */
const DUMP = `
cli=$(tool cli) || exit 127
exec 8>&1
unmarked() {
  set -- $(tail -c 40 | od -An -v -to1)
  mark=$# bytes=
  for byte in "$@"; do
    case $byte in 06[0-7]|07[01]|14[1-6]) ;; *) mark=no ;; esac
    bytes="$bytes\\\\$byte"
  done
  [ "$mark" = 40 ] || printf "$bytes"
}
code=$({
  { "$cli" -h "$1" -p "$2" \${3:+--user "$3"} --rdb -; echo "$?" >&7; } |
  { tee /dev/fd/9 | head -c -40 >&8; } 9>&1 | unmarked >&8
} 7>&1)
[ "$code" = 0 ] && exit 0
echo "redis-cli --rdb ended with \${code:-no exit code}; when the server dropped it, look at its client-output-buffer-limit for replicas, repl-timeout, and its free memory and disk" >&2
exit 1
`;

/** What must be there before the first byte; prints the newest RDB version that the server reads, which is the one it writes. */
const LOOK = `
cli=$(tool cli) && check=$(tool check-rdb) || exit 127
if [ "$(printf ab | head -c -1)" != a ] || [ "$(printf a | od -An -v -to1 | tr -d ' ')" != 141 ] || [ ! -e /dev/fd/0 ]; then
  echo "head -c -N, od or /dev/fd is missing here" >&2
  exit 127
fi
reads() { printf "$1\\\\377\\\\0\\\\0\\\\0\\\\0\\\\0\\\\0\\\\0\\\\0" | "$check" /dev/stdin > /dev/null 2>&1; }
version=5
while [ "$version" -lt 79 ] && reads "$(printf 'REDIS%04d' "$((version + 1))")"; do version=$((version + 1)); done
next=80
while [ "$next" -lt 200 ] && reads "$(printf 'VALKEY%03d' "$next")"; do version=$next next=$((next + 1)); done
echo "$version"
"$cli" --version
`;

/** Plans one dump of the whole server. Refuses what is known to fail, before the first byte. */
export async function dumpRedis(reach: Reach<RedisTarget>, request: DumpRequest): Promise<DumpPlan> {
  for (const unit of request.units) {
    if (unit !== WHOLE_SERVER) throw unknownUnit(reach, unit);
  }
  const [info = ""] = await ask(reach, ["INFO"]);
  const fields = fieldsOf(info);
  refuseUnready(reach, fields);
  const look = await reach.host.run(beside(reach.target, LOOK), { signal: reach.signal, tag: reach.tag });
  const [version, tool] = look.stdout.trim().split("\n");
  if (look.code !== 0 || version === undefined || tool === undefined) {
    throw new Fault("server.tool-missing", `backing up Redis on ${reach.host.name}: ${look.stderr.trim()}`, {
      hint: "Use an image with Redis's own tools, or install redis-tools on the server.",
    });
  }
  return {
    format: rdbFormat(version),
    serverVersion: versionOf(fields) ?? "unknown",
    source: { via: "command", command: beside(reach.target, DUMP), on: reach.host },
    observer: { command: { argv: ["sh", "-c", CHECK] }, on: reach.host },
    riders: [],
    tools: { "redis-cli": tool.replace(/^\S+ /, "") },
    conclude: ({ observed }) => ({
      facts: factsOf(seen(Buffer.from(observed ?? []).toString("utf8"))),
      warnings: [],
    }),
  };
}

export function unknownUnit({ host }: Reach<RedisTarget>, unit: string): Fault {
  return new Fault("input.invalid", `Redis on ${host.name} has no unit called ${unit}`, {
    hint: `Redis is backed up as a whole: the unit is called ${WHOLE_SERVER}.`,
  });
}

function refuseUnready({ host }: Reach<RedisTarget>, fields: Readonly<Record<string, string>>): void {
  if (fields.loading === "1") {
    throw new Fault("target.unreachable", `Redis on ${host.name} is still loading its data`, {
      hint: "Wait until it has loaded, then try again.",
    });
  }
  if (fields.role === "slave" && fields.master_link_status !== "up") {
    throw new Fault("target.unsuitable", `Redis on ${host.name} is a replica that has lost its master`, {
      hint: "Back up the master, or mend the replication first: what it holds is of an unknown moment.",
      context: { masterLink: fields.master_link_status ?? null },
    });
  }
}

function seen(output: string): ReturnType<typeof readCheck> {
  try {
    return readCheck(output);
  } catch (error) {
    if (!isFault(error, "archive.damaged")) throw error;
    throw incomplete(error);
  }
}

function incomplete(cause: Fault): Fault {
  return new Fault("dump.incomplete", `Redis's own checker refuses the dump: ${cause.message}`, {
    hint: "Try again; when it stays so, look at the server's log.",
    cause,
    context: cause.context,
  });
}
