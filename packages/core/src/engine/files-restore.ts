import type { Command, Ran } from "../host/host.ts";
import type { UnitFacts } from "../model/engine.ts";
import { Fault } from "../model/fault.ts";
import type { Reach, Restoration, RestoreRequest } from "./engine.ts";
import { scriptFault } from "./files-faults.ts";
import { CARRY } from "./files-left-out.ts";
import { described, leaving, patternsIn } from "./files-patterns.ts";
import { BACK, CLEAN, COMMIT, COUNT, LOAD, LOOK, PREPARE, STAGES } from "./files-restore-scripts.ts";
import { readScan } from "./files-scan.ts";
import { tarOf } from "./files-tar.ts";
import { type FilesTarget, isPlainPath, isWithin } from "./files-target.ts";

const NAME_BYTES = 255;

/** One unit on its way: where it comes from in the archive, and the places beside where it goes. */
interface Place {
  readonly from: string;
  readonly into: string;
  readonly stage: string;
  readonly old: string;
  /** Name of its top in the archive, and so in stage and old. */
  readonly top: string;
}

interface Parts {
  readonly reach: Reach<FilesTarget>;
  readonly request: RestoreRequest;
  readonly places: readonly Place[];
  readonly warnings: string[];
}

/** Restores paths: unpacked beside each, counted, and switched by two renames; the old stays beside until it is dropped. */
export function restoreFiles(reach: Reach<FilesTarget>, request: RestoreRequest): Restoration {
  const places = request.units.map(({ from, into }, index) => placeOf({ from, into, tag: reach.tag, index }));
  const parts: Parts = { reach, request, places, warnings: [] };
  return {
    check: () => check(parts),
    present: () => present(parts),
    prepare: () => prepare(parts),
    load: { via: "command", command: loadCommand(places), on: reach.server },
    loaded: (output) => loaded(parts, output),
    commit: () => commit(parts),
    stage: () => stage(parts),
    abort: () => abort(parts),
    undo: () => undo(parts),
    drop: async () => {
      if ((await stage(parts)) !== "switched") return;
      await must(parts, { script: CLEAN, env: { COFRE_DROP: "yes" } }, "dropping the old files");
    },
    warnings: () => parts.warnings,
  };
}

function placeOf(unit: { from: string; into: string; tag: string; index: number }): Place {
  const { from, into, tag, index } = unit;
  const slash = into.lastIndexOf("/");
  const room = NAME_BYTES - `.cofre-stage-${tag}-${index}`.length;
  const name = into.slice(slash + 1);
  // A name that is as long as names may be is cut; its number keeps it apart from others that begin alike.
  const begin = Buffer.byteLength(name) <= room ? name : `${cut(name, room)}-${index}`;
  const beside = (what: string): string => `${into.slice(0, slash + 1)}${begin}.cofre-${what}-${tag}`;
  return {
    from,
    into,
    stage: beside("stage"),
    old: beside("old"),
    top: from.slice(from.lastIndexOf("/") + 1),
  };
}

function cut(name: string, bytes: number): string {
  let kept = "";
  for (const character of name) {
    if (Buffer.byteLength(kept + character) > bytes) break;
    kept += character;
  }
  return kept;
}

function loadCommand(places: readonly Place[]): Command {
  const words = places.flatMap(({ stage: into, from }) => {
    const name = from.slice(1);
    return [into, name, String(name.split("/").length - 1)];
  });
  return { argv: ["sh", "-c", LOAD, "cofre", ...words] };
}

async function check(parts: Parts): Promise<void> {
  const { reach, request, places } = parts;
  refusePaths(reach, places);
  if (request.format.name !== "tar") {
    throw new Fault("engine.unsupported", `files cannot be restored from ${request.format.name}`, {
      hint: "Choose a backup of files.",
    });
  }
  patternsIn(request.riders);
  const tar = await tarOf(reach.server, reach.signal);
  if (tar.kind === "busybox" && request.format.version === "pax") {
    throw new Fault("engine.unsupported", `${tar.name} of ${reach.server.name} cannot read a pax archive`, {
      hint: "Install GNU tar on the server: busybox loses long names and attributes.",
    });
  }
  const mounts = places.map(({ into }) => asInMountinfo(into)).join("\n");
  const ran = await reach.server.run({
    argv: ["sh", "-c", LOOK, "cofre", ...places.map(({ into }) => into)],
    env: { COFRE_MOUNTS: mounts },
  });
  for (const line of ran.stdout.split("\n")) refuseFinding(parts, line);
}

function refusePaths({ server }: Reach<FilesTarget>, places: readonly Place[]): void {
  for (const place of places) {
    const other = places.find((one) => one !== place && isWithin(place.into, one.into));
    if (isPlainPath(place.into) && isPlainPath(place.from) && other === undefined) continue;
    throw new Fault("input.invalid", `${place.into} on ${server.name} cannot be a place to restore to`, {
      hint: "Choose an absolute path below /, without `..`, and none inside another.",
    });
  }
}

function refuseFinding({ reach, warnings }: Parts, line: string): void {
  const [word = "", ...rest] = line.split(" ");
  const path = rest.join(" ");
  const where = `${path} on ${reach.server.name}`;
  if (word === "link") {
    throw new Fault("target.unsuitable", `${where} is a symbolic link`, {
      hint: "Restore to the path that it leads to.",
    });
  }
  if (word === "no-folder") {
    throw new Fault("target.unsuitable", `${where} is not a folder`, { hint: "Restore to another path." });
  }
  if (word === "read-only") {
    throw new Fault("target.permission", `${where} may not be written to`, {
      hint: "The restored files are unpacked beside the old ones: give the SSH user the right to write there.",
    });
  }
  if (word === "mounted") {
    throw new Fault("target.unsuitable", `${where} is a mount point, which cannot be switched by a rename`, {
      hint: "Restore to another path, then copy the files into it.",
    });
  }
  if (word === "user" && path !== "0") {
    warnings.push(
      `the files belong to the user with number ${path}: only root can give them back to their owners`,
    );
  }
}

async function present({ reach: { server, signal }, places }: Parts): Promise<readonly string[]> {
  const there: string[] = [];
  for (const { into } of places)
    if ((await server.files.stat(into, { signal })) !== undefined) there.push(into);
  return there;
}

async function prepare(parts: Parts): Promise<void> {
  const found = await stage(parts);
  if (found === "switched") return;
  if (found === "staged") await must(parts, { script: BACK }, "sweeping an earlier restore");
  await must(parts, { script: PREPARE }, "making a place to unpack to");
}

async function loaded(parts: Parts, output: string): Promise<readonly UnitFacts[]> {
  const scanned = readScan(output);
  if (scanned.isRough)
    parts.warnings.push("names with line ends in them make the counts of busybox tar rough");
  const ran = await must(parts, { script: COUNT }, "counting what was unpacked");
  const counted = ran.stdout
    .split("\n")
    .filter((line) => line.startsWith("cofre counted "))
    .map((line) => line.slice("cofre counted ".length));
  return parts.places.map(({ from, into }, index) => {
    const facts = scanned.units.find((unit) => unit.name === from);
    if (facts === undefined) throw mismatch(`${from} is not in the archive`);
    const { files, folders, links, others } = facts.counts;
    const expected = `${files} ${folders} ${links} ${others}`;
    if (counted[index] !== expected && !scanned.isRough) {
      throw mismatch(
        `of ${from}, ${expected} files, folders, links and others were read, ${counted[index]} are there`,
      );
    }
    return { ...facts, name: into };
  });
}

/** What the archive's patterns leave out stays: it is put beside what was unpacked before that takes the old one's place. */
async function keepLeftOut({ reach, request, places, warnings }: Parts): Promise<void> {
  const patterns = patternsIn(request.riders);
  if (patterns === undefined) return;
  for (const place of places) {
    const words = [place.into, `${place.stage}/${place.top}`, ...leaving(patterns, place.into)];
    const ran = await reach.server.run({ argv: ["sh", "-c", CARRY, "cofre", ...words] });
    if (ran.code !== 0) throw scriptFault(reach.server.name, ran, "keeping what the patterns leave out");
  }
  warnings.push(`patterns chose what is in the archive: ${described(patterns)}; the rest was left as it was`);
}

async function commit(parts: Parts): Promise<void> {
  if ((await stage(parts)) === "switched") return;
  await keepLeftOut(parts);
  await must(parts, { script: COMMIT }, "switching to the restored files");
  parts.warnings.push(
    "programs and containers that have the old files open or mounted see the old ones until they are restarted",
  );
}

async function stage(parts: Parts): ReturnType<Restoration["stage"]> {
  const { stdout } = await must(parts, { script: STAGES }, "looking for an earlier restore");
  const states = stdout.trim().split("\n");
  if (states.includes("staged")) return "staged";
  return states.includes("switched") ? "switched" : "absent";
}

async function abort(parts: Parts): Promise<void> {
  const found = await stage(parts);
  if (found === "staged") await must(parts, { script: BACK }, "putting the old files back");
  if (found === "switched") await must(parts, { script: CLEAN, env: { COFRE_DROP: "" } }, "sweeping");
}

async function undo(parts: Parts): Promise<void> {
  if ((await stage(parts)) !== "absent") await must(parts, { script: BACK }, "putting the old files back");
}

interface Script {
  readonly script: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a script over all places; not to be stopped half-way. Throws what its failure means. */
async function must({ reach, places }: Parts, { script, env = {} }: Script, doing: string): Promise<Ran> {
  const words = places.flatMap(({ into, stage: staging, old, top }) => [into, staging, old, top]);
  const ran = await reach.server.run({ argv: ["sh", "-c", script, "cofre", ...words], env });
  if (ran.code === 0) return ran;
  throw scriptFault(reach.server.name, ran, doing);
}

function mismatch(found: string): Fault {
  return new Fault("restore.mismatch", found, {
    hint: "Do not use this backup; choose another and validate it.",
  });
}

/** Source: proc_pid_mountinfo(5), and mangle() in the kernel: space, tab, line end and backslash as octal. */
function asInMountinfo(path: string): string {
  return path.replaceAll(/[ \t\n\\]/g, (byte) => `\\${byte.charCodeAt(0).toString(8).padStart(3, "0")}`);
}
