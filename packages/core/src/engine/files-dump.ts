import type { Ran } from "../host/host.ts";
import type { UnitFacts } from "../model/engine.ts";
import { Fault, isFault } from "../model/fault.ts";
import type { DumpPlan, DumpRequest, Reach } from "./engine.ts";
import { readScan, SCAN } from "./files-scan.ts";
import { optionsOf, type Tar, tarOf } from "./files-tar.ts";
import type { FilesTarget } from "./files-target.ts";

const LONGEST_WARNINGS = 20;

/** Looks at $@ before the first byte: what is missing, a link, unreadable, or a device. One finding a line, the path last. */
const LOOK = `
export LC_ALL=C
for path; do
  if [ -L "$path" ]; then printf 'link %s\\n' "$path"; elif [ ! -e "$path" ]; then printf 'missing %s\\n' "$path"; fi
done
if find / -maxdepth 0 -readable -printf '' 2> /dev/null; then
  find "$@" \\( -type b -o -type c \\) -printf 'device %p\\n' -o ! -type l ! -readable -printf 'unreadable %p\\n' -prune 2> /dev/null
else
  find "$@" \\( -type b -o -type c \\) -exec printf 'device %s\\n' {} \\; 2>&1 | sed 's/^find: \\(.*\\): Permission denied$/unreadable \\1/'
fi | head -n 2000
`;

/**
 * Writes $@, one unit each, as one tar. Each unit is a run of its own, so that no hard link leads from one to another; the ends of
 * all but the last are cut off, which is 1024 bytes when a record is one block. Devices (COFRE_EXCLUDE) are left out. GNU tar ends
 * with 1 when a file changed while it was read: that, and only that, is no failure. Source: info tar, "Synopsis" (exit codes).
 */
const DUMP = `
export LC_ALL=C
exec 3>&1
record= each=
if [ "$COFRE_GNU" ]; then record='-b 20' each='-b 1'; fi
[ "$#" -eq 1 ] || record=$each
one() {
  options=$1
  shift
  [ -z "$COFRE_EXCLUDE" ] || options="$options -X /dev/fd/4"
  tar -C / -cf - $COFRE_OPTIONS $options -- "$1" 4<<EXCLUDE
$COFRE_EXCLUDE
EXCLUDE
  echo "tar $?" >&5
}
judge() {
  awk '{ print; fflush() }
    !/: (file changed as we read it|File removed before we read it|File shrank by [0-9]+ bytes; padding with zeros|socket ignored|No such file or directory)$/ && !/error exit delayed from previous errors$/ { bad = 1 }
    END { exit bad }' >&2 || echo bad >&5
}
codes=$({ {
  while [ "$#" -gt 1 ]; do
    one "$each" "$1" 2>&4 | head -c -1024 >&3
    shift
  done
  one "$record" "$1" 2>&4 >&3
} 4>&1 | judge; } 5>&1)
echo "$codes" | awk '$1 == "bad" { bad = 1 } $1 == "tar" && $2 == 1 { changed = 1 } $1 == "tar" && $2 > 1 { failed = 1 } $1 == "tar" { ran = 1 }
  END { exit failed || !ran || (changed && bad) }'
`;

/** Plans one tar of all the units. Refuses what is missing or unreadable, by name, before the first byte. */
export async function dumpFiles(reach: Reach<FilesTarget>, request: DumpRequest): Promise<DumpPlan> {
  const { server, target } = reach;
  for (const unit of request.units) {
    if (!target.paths.includes(unit)) throw unknownUnit(server.name, unit);
  }
  const tar = await tarOf(server, reach.signal);
  const devices = await lookAt(reach, request.units);
  if (devices.length > 0 && !tar.canExclude) throw unkeepable(server.name, devices[0] ?? "");
  const excluded = devices.map((path) => path.slice(1)).filter((path) => !path.includes("\n"));
  return {
    format: { name: "tar", version: tar.writes, extension: ".tar" },
    serverVersion: tar.version,
    source: {
      via: "command",
      on: server,
      command: {
        argv: ["sh", "-c", DUMP, "cofre", ...request.units.map((unit) => unit.slice(1))],
        env: {
          ...optionsOf(tar, "write"),
          COFRE_EXCLUDE: (tar.kind === "gnu" ? excluded : excluded.map(literal)).join("\n"),
        },
      },
    },
    observer: { command: { argv: ["sh", "-c", `${SCAN}\nscan`] }, on: server },
    riders: [],
    tools: { tar: tar.name },
    conclude: ({ observed, stderr }) => ({
      facts: factsFor(request.units, Buffer.from(observed ?? []).toString("utf8")),
      warnings: warningsOf(tar, stderr, devices),
    }),
  };
}

export function unknownUnit(where: string, unit: string): Fault {
  return new Fault("input.invalid", `${unit} is not one of this resource's paths on ${where}`, {
    hint: "Add the path to the resource first.",
  });
}

function unkeepable(where: string, device: string): Fault {
  return new Fault(
    "target.unsuitable",
    `${device} on ${where} is a device, and busybox tar cannot leave it out`,
    {
      hint: "Install GNU tar on the server, or choose paths without devices.",
    },
  );
}

/** Throws for what cannot be read; returns devices, which are left out. */
async function lookAt(
  { server, signal, tag }: Reach<FilesTarget>,
  units: readonly string[],
): Promise<string[]> {
  const ran: Ran = await server.run({ argv: ["sh", "-c", LOOK, "cofre", ...units] }, { signal, tag });
  const lines = ran.stdout.split("\n");
  const found = (word: string): string[] =>
    lines.filter((line) => line.startsWith(`${word} /`)).map((line) => line.slice(word.length + 1));
  const [missing] = found("missing");
  if (missing !== undefined) {
    throw new Fault("target.missing", `${missing} is not there on ${server.name}`, {
      hint: "Look whether it was moved, and change the resource's path.",
    });
  }
  const [link] = found("link");
  if (link !== undefined) {
    throw new Fault("target.unsuitable", `${link} on ${server.name} is a symbolic link`, {
      hint: "Choose the path that it leads to: of a link only the link would be kept.",
    });
  }
  const [unreadable] = found("unreadable");
  if (unreadable !== undefined) {
    throw new Fault("target.permission", `${unreadable} on ${server.name} may not be read`, {
      hint: "Give the SSH user the right to read it, or reach the server as root.",
    });
  }
  return found("device");
}

/** The facts of each unit asked for, in that order. */
function factsFor(units: readonly string[], observed: string): readonly UnitFacts[] {
  const found = concluded(observed);
  return units.map((unit) => {
    const facts = found.find((one) => one.name === unit);
    if (facts !== undefined) return facts;
    throw new Fault("dump.incomplete", `${unit} is not in the tar`, { hint: "Try again." });
  });
}

function concluded(observed: string): readonly UnitFacts[] {
  try {
    return readScan(observed).units;
  } catch (error) {
    throw isFault(error, "archive.damaged") ? incomplete(error) : error;
  }
}

function incomplete(cause: Fault): Fault {
  return new Fault("dump.incomplete", cause.message, { hint: "Try again.", cause });
}

function warningsOf(tar: Tar, stderr: string, devices: readonly string[]): readonly string[] {
  const said = stderr
    .split("\n")
    .filter((line) => line.startsWith("tar: ") && !line.includes("error exit delayed"))
    .map((line) => line.slice("tar: ".length));
  const shown = said.slice(0, LONGEST_WARNINGS);
  if (said.length > shown.length) shown.push(`and ${said.length - shown.length} more`);
  if (devices.length > 0) shown.push(`${devices.length} devices were left out: ${devices[0]}`);
  if (tar.kind === "busybox") {
    shown.push("written by busybox tar: without access lists and extended attributes, times to the second");
  }
  return shown;
}

/** busybox reads names to leave out as patterns. */
function literal(name: string): string {
  return name.replaceAll(/[\\*?[\]]/g, "\\$&");
}
