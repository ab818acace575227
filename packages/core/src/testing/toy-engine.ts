import { createHash } from "node:crypto";
import { posix } from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { z } from "zod";
import type { DumpPlan, DumpRequest, Engine, Reach, Restoration, RestoreRequest } from "../engine/engine.ts";
import type { UnitFacts } from "../model/engine.ts";
import { Fault } from "../model/fault.ts";

const FORMAT = { name: "toy-notes", version: "1", extension: ".notes" };
const TRAILER = "\nend of notes\n";
/** Prints a note as a dump: its size first, so that a cut one is known. */
const DUMP = `printf 'toy notes 1 %s\\n' "$(($(wc -c < "$1")))" && cat -- "$1" && printf '${TRAILER.replaceAll("\n", "\\n")}'`;

export interface ToyTarget {
  readonly folder: string;
}

/** The smallest whole engine: notes are files in a folder. It shows what a new engine costs, and nothing else uses it. */
export const toyEngine: Engine<ToyTarget> = {
  id: "toy",
  kind: "files",
  label: "Toy notes",
  capabilities: {
    unit: "path",
    combinesUnits: false,
    consistent: false,
    stagedRestore: true,
    atomicRestore: true,
    downtime: "none",
    keepsOld: true,
    selective: false,
    restoreNeedsContainer: false,
    restoreOptions: [],
  },
  formats: [FORMAT.name],
  defaultPort: null,
  configSchema: z.object({ folder: z.string() }),
  secretFields: [],
  detect: () => undefined,
  inspect: async ({ host, target }) => {
    const entries = await host.files.list(target.folder);
    const notes = entries.filter(({ kind, name }) => kind === "file" && !name.startsWith("."));
    return { version: "1.0", units: notes.map(({ name, bytes }) => ({ name, sourceBytes: bytes })) };
  },
  dump: planDump,
  identify: (head) =>
    Buffer.from(head).subarray(0, 12).toString("latin1") === "toy notes 1 "
      ? { engine: "toy", format: FORMAT, serverVersion: "1.0" }
      : undefined,
  validate: () => ({
    sink: {
      via: "stream",
      drain: async (dump) => {
        parse(await buffer(dump));
        return "";
      },
    },
    conclude: () => [],
  }),
  restore,
};

async function planDump({ host, target }: Reach<ToyTarget>, { units }: DumpRequest): Promise<DumpPlan> {
  const [unit = ""] = units;
  const path = posix.join(target.folder, unit);
  if ((await host.files.stat(path))?.kind !== "file")
    throw new Fault("target.missing", `there is no note ${unit}`);
  const facts = factsOf(unit, await buffer(host.files.read(path)));
  return {
    format: FORMAT,
    serverVersion: "1.0",
    source: { via: "command", command: { argv: ["sh", "-c", DUMP, "toy", path] }, on: host },
    riders: [],
    tools: {},
    conclude: () => ({ facts: [facts], warnings: [] }),
  };
}

function factsOf(name: string, body: Buffer): UnitFacts {
  return {
    name,
    counts: { bytes: body.length },
    digests: { bytes: createHash("sha256").update(body).digest("hex") },
  };
}

/** The note inside a dump; throws `archive.damaged` unless all of it is there and nothing else. */
function parse(dump: Buffer): Buffer {
  const start = dump.indexOf("\n") + 1;
  const bytes = Number(
    /^toy notes 1 (\d+)\n$/.exec(dump.toString("latin1", 0, Math.min(start, 64)))?.[1] ?? Number.NaN,
  );
  const isWhole =
    dump.length === start + bytes + TRAILER.length && dump.subarray(start + bytes).toString() === TRAILER;
  if (isWhole) return dump.subarray(start, start + bytes);
  throw new Fault("archive.damaged", `the notes are not whole: ${dump.length} bytes`);
}

function restore({ host, target, tag }: Reach<ToyTarget>, { units }: RestoreRequest): Restoration {
  const { files } = host;
  const [{ into } = { into: "" }] = units;
  const paths = {
    note: posix.join(target.folder, into),
    stage: posix.join(target.folder, `.stage-${tag}`),
    old: posix.join(target.folder, `.old-${tag}`),
    mark: posix.join(target.folder, `.mark-${tag}`),
  };
  const isThere = async (path: string): Promise<boolean> => (await files.stat(path)) !== undefined;
  const write = (path: string, body: Buffer): Promise<unknown> =>
    files.write(path, Readable.from([body], { objectMode: false }));
  const drain = async (dump: Readable): Promise<string> => {
    await write(paths.stage, parse(await buffer(dump)));
    return "";
  };
  return {
    check: async () => undefined,
    present: async () => ((await isThere(paths.note)) ? [into] : []),
    prepare: async () => void (await write(paths.stage, Buffer.alloc(0))),
    load: { via: "stream", drain },
    loaded: async () => [factsOf(into, await buffer(files.read(paths.stage)))],
    commit: async () => {
      if (!(await isThere(paths.stage))) return;
      if (await isThere(paths.note)) await files.rename(paths.note, paths.old);
      await write(paths.mark, Buffer.from(into));
      await files.rename(paths.stage, paths.note);
    },
    stage: async () => {
      if (await isThere(paths.stage)) return "staged";
      return (await isThere(paths.mark)) ? "switched" : "absent";
    },
    abort: () => files.remove(paths.stage),
    undo: async () => {
      if (!(await isThere(paths.old))) return;
      await files.rename(paths.old, paths.note);
      await files.remove(paths.mark);
    },
    drop: () => files.remove(paths.old),
  };
}
