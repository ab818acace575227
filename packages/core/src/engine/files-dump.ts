import type { Command, Ran } from "../host/host.ts";
import type { UnitFacts } from "../model/engine.ts";
import { Fault, isFault } from "../model/fault.ts";
import type { DumpPlan, DumpRequest, Reach } from "./engine.ts";
import { DUMP, LOOK } from "./files-dump-scripts.ts";
import { type Hold, holdOf } from "./files-hold.ts";
import { described, type Patterns, patternsOf, riderOf, taking } from "./files-patterns.ts";
import { readScan, SCAN } from "./files-scan.ts";
import { optionsOf, type Tar, tarOf } from "./files-tar.ts";
import type { FilesTarget } from "./files-target.ts";
import { placesOf } from "./files-volumes.ts";

const LONGEST_WARNINGS = 20;

/** Plans one tar of all the units. Refuses what is missing or unreadable, by name, before the first byte. */
export async function dumpFiles(own: Reach<FilesTarget>, request: DumpRequest): Promise<DumpPlan> {
  const reach = request.anywhere === true ? await reachOf(own, request) : own;
  const { server, target } = reach;
  const places = await placesOf(reach);
  for (const unit of request.units) {
    if (!places.units.includes(unit)) throw unknownUnit(server.name, unit);
  }
  const hold = await holdOf(reach, places);
  const tar = await tarOf(server, reach.signal);
  const patterns = patternsOf(target);
  if (patterns !== undefined && tar.kind !== "gnu") throw unchoosing(server.name, tar);
  const selection: Selection = { tar, patterns, units: request.units, hold };
  const devices = await lookAt(reach, selection);
  if (devices.length > 0 && !tar.canExclude) throw unkeepable(server.name, devices[0] ?? "");
  return {
    format: { name: "tar", version: tar.writes, extension: ".tar" },
    serverVersion: tar.version,
    source: { via: "command", on: server, command: dumpCommand(selection, devices) },
    observer: { command: { argv: ["sh", "-c", `${SCAN}\nscan`] }, on: server },
    riders: riderOf(patterns),
    tools: { tar: tar.name },
    conclude: ({ observed, stderr }) => ({
      facts: factsFor(request.units, Buffer.from(observed ?? []).toString("utf8")),
      warnings: warningsOf(selection, stderr, devices),
    }),
  };
}

/** What lies beyond the resource is taken whole: the resource's patterns and volumes say nothing about it. */
async function reachOf(
  own: Reach<FilesTarget>,
  { units }: Pick<DumpRequest, "units">,
): Promise<Reach<FilesTarget>> {
  const places = await placesOf(own).catch((error: unknown) => {
    // Of a volume that is gone there is nothing to be taken.
    if (isFault(error, "target.missing")) return undefined;
    throw error;
  });
  if (units.every((unit) => places?.units.includes(unit))) return own;
  const { include: _include, exclude: _exclude, volumes: _volumes, ...target } = own.target;
  return { ...own, target: { ...target, paths: [...units] } };
}

/** What is taken, and by what. */
interface Selection {
  readonly tar: Tar;
  readonly patterns: Patterns | undefined;
  readonly units: readonly string[];
  readonly hold: Hold;
}

function dumpCommand(selection: Selection, devices: readonly string[]): Command {
  const { tar, patterns } = selection;
  const isGnu = tar.kind === "gnu";
  const options = optionsOf(tar, "write");
  const excluded = devices.map((path) => path.slice(1)).filter((path) => !path.includes("\n"));
  return {
    argv: ["sh", "-c", DUMP, "cofre", ...specsOf(selection, "dump")],
    env: {
      ...options,
      ...selection.hold.env,
      COFRE_EXCLUDE: (isGnu ? excluded : excluded.map(literal)).join("\n"),
      ...(patterns && {
        COFRE_PATTERNS: "yes",
        COFRE_OPTIONS: `${options.COFRE_OPTIONS} --null --ignore-failed-read`,
      }),
    },
  };
}

/** Each unit as a word of the scripts. Tar is told what to take; devices never are. */
function specsOf({ patterns, units }: Selection, act: "look" | "dump"): readonly string[] {
  if (patterns === undefined) return units;
  const taken = ["!", "-type", "b", "!", "-type", "c", "-print0"];
  return units.map((unit) => {
    if (unit.includes("\n")) throw unpatterned(unit);
    return [unit, ...taking(patterns, unit), ...(act === "dump" ? taken : [])].join("\n");
  });
}

function unchoosing(where: string, tar: Tar): Fault {
  return new Fault("engine.unsupported", `${tar.name} of ${where} cannot choose files by patterns`, {
    hint: "Install GNU tar and findutils on the server, or take the patterns away.",
  });
}

function unpatterned(unit: string): Fault {
  return new Fault("input.invalid", `${JSON.stringify(unit)} has a line end in its name`, {
    hint: "Patterns cannot be used with such a path: back it up without them, as a resource of its own.",
  });
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
async function lookAt({ server, signal, tag }: Reach<FilesTarget>, selection: Selection): Promise<string[]> {
  const argv: Command["argv"] = ["sh", "-c", LOOK, "cofre", ...specsOf(selection, "look")];
  const env = { COFRE_PATTERNS: selection.patterns === undefined ? "" : "yes" };
  const ran: Ran = await server.run({ argv, env }, { signal, tag });
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

function warningsOf(
  { tar, patterns, hold }: Selection,
  stderr: string,
  devices: readonly string[],
): readonly string[] {
  const said = stderr
    .split("\n")
    .filter((line) => /^(tar|find|cofre): /.test(line) && !line.includes("error exit delayed"))
    .map((line) => line.slice(line.indexOf(" ") + 1));
  const shown = said.slice(0, LONGEST_WARNINGS);
  if (said.length > shown.length) shown.push(`and ${said.length - shown.length} more`);
  if (devices.length > 0) shown.push(`${devices.length} devices were left out: ${devices[0]}`);
  shown.push(...hold.warnings);
  if (patterns !== undefined) shown.push(`patterns chose what is in it: ${described(patterns)}`);
  const lost = lostBy(tar);
  if (lost !== undefined) shown.push(`written by ${tar.name}: without ${lost}`);
  return shown;
}

function lostBy({ kind, hasAcls, hasXattrs }: Tar): string | undefined {
  if (kind === "busybox") return "access lists, extended attributes and holes, times to the second";
  const lost = [...(hasAcls ? [] : ["access lists"]), ...(hasXattrs ? [] : ["extended attributes"])];
  return lost.length > 0 ? lost.join(" and ") : undefined;
}

/** busybox reads names to leave out as patterns. */
function literal(name: string): string {
  return name.replaceAll(/[\\*?[\]]/g, "\\$&");
}
