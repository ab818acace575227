import { randomBytes } from "node:crypto";
import type { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { Fault, isFault } from "../model/fault.ts";
import { bytesOfName, nameFromBytes } from "./file-names.ts";
import type { ByteRange, Calling, Command, FileEntry, FileStat, Files, Host } from "./host.ts";
import { fileFault, fileFaultOf } from "./posix-file-faults.ts";
import * as scripts from "./posix-file-scripts.ts";
import { relay } from "./relay.ts";
import { escapeForPrintf } from "./ssh-quote.ts";

type Ground = Pick<Host, "name" | "run" | "read" | "write">;

/** Files on anything that runs a POSIX shell and the usual tools, of GNU or of busybox. */
export function posixFiles(host: Ground): Files {
  const act = async (script: string, path: string, options: Calling = {}) => {
    await runScript(host, { script, paths: [path] }, options);
  };
  const move = async (script: string, paths: readonly [string, string], options: Calling = {}) => {
    await runScript(host, { script, paths }, options);
  };
  return {
    read: (path, options = {}) => readFile(host, path, options),
    write: (path, source, options = {}) => writeFile(host, { path, source }, options),
    publish: (from, to, options) => move(scripts.PUBLISH, [from, to], options),
    stat: (path, options = {}) => statFile(host, path, options),
    list: (path, options = {}) => listFolder(host, path, options),
    makeFolder: (path, options) => act(scripts.MAKE_FOLDER, path, options),
    rename: (from, to, options) => move(scripts.RENAME, [from, to], options),
    remove: (path, options) => act(scripts.REMOVE, path, options),
    space: (path, options = {}) => spaceOf(host, path, options),
  };
}

interface Script {
  readonly script: string;
  readonly paths: readonly [string] | readonly [string, string];
  readonly words?: readonly string[];
}

/** Paths travel as printable ASCII, so that any byte of a name survives any shell and locale. */
function scripted({ script, paths, words = [] }: Script): Command {
  const escaped = paths.map((path) => escapeForPrintf(bytesOfName(absolute(path))));
  const intro = paths.length === 1 ? scripts.ONE_PATH : scripts.TWO_PATHS;
  return { argv: ["sh", "-c", `${intro}\n${script}`, "sh", ...escaped, ...words] };
}

function absolute(path: string): string {
  if (path.startsWith("/") && !path.includes("\0")) return path;
  throw new Fault("input.invalid", `"${path.slice(0, 200)}" is not an absolute path`);
}

async function runScript(host: Ground, script: Script, options: Calling): Promise<string> {
  const ran = await host.run(scripted(script), options);
  if (ran.code === 0) return ran.stdout;
  const about = script.paths[1] ?? script.paths[0];
  throw await withSizes(host, about, fileFault(host.name, about, ran));
}

/** A full disk is told with its sizes: how much is missing is the first thing that somebody asks. */
async function withSizes(host: Ground, path: string, error: unknown): Promise<unknown> {
  // One that was stopped before the disk was full tells them itself.
  if (!isFault(error, "server.no-space") || "freeBytes" in error.context) return error;
  try {
    const sizes = await spaceOf(host, path, {});
    const message = `${error.message} (${sizes.freeBytes} of ${sizes.totalBytes} bytes are free)`;
    return new Fault(error.code, message, {
      ...(error.hint === undefined ? {} : { hint: error.hint }),
      context: { ...error.context, ...sizes },
      cause: error,
    });
  } catch {
    return error; // what the disk said first matters more than why its size is unknown
  }
}

function readFile(host: Ground, path: string, options: Calling & { range?: ByteRange }): Readable {
  const { range } = options;
  const expected = range ? Math.max(0, range.end - range.start + 1) : null;
  const words = range ? [String(range.start), String(expected)] : [];
  const script = range ? scripts.READ_RANGE : scripts.READ;
  const source = host.read(scripted({ script, paths: [path], words }), options);
  return relay(source, {
    bad: (error) => fileFaultOf(host.name, path, error),
    good: (bytes) => {
      if (expected === null || bytes === expected) return;
      throw new Fault(
        "archive.damaged",
        `${path} on ${host.name} ends ${expected - bytes} bytes before the range`,
        {
          context: { expectedBytes: expected, foundBytes: bytes },
        },
      );
    },
  });
}

/**
 * Written beside and renamed once every byte is known to be there: a cut connection looks like a peaceful end to the tool on
 * the other side.
 */
async function writeFile(
  host: Ground,
  { path, source }: { path: string; source: Readable },
  options: Calling,
): Promise<{ bytes: number }> {
  const partial = partialBeside(absolute(path));
  let bytes = 0;
  let broken: Error | undefined;
  const counted = relay(source, {
    bad: (error) => {
      broken = error;
      return error;
    },
    good: (passed) => {
      bytes = passed;
    },
  });
  try {
    await host.write(scripted({ script: scripts.WRITE, paths: [partial] }), counted, options);
    await runScript(
      host,
      { script: scripts.SETTLE, paths: [partial, path], words: [String(bytes)] },
      options,
    );
    return { bytes };
  } catch (error) {
    const fault = broken ?? (await withSizes(host, path, fileFaultOf(host.name, path, error)));
    await host.run(scripted({ script: scripts.REMOVE, paths: [partial] })).catch(() => undefined);
    throw fault;
  }
}

/** The name of a file that is partial itself tells whose it is: that is kept. */
function partialBeside(path: string): string {
  const owned = /\/\.([0-9a-f]{32}-[0-9a-f]{32})\.partial$/.exec(path)?.[1];
  return `${path.replace(/[^/]*$/, "")}.cofre-${owned ?? randomBytes(8).toString("hex")}.partial`;
}

async function statFile(host: Ground, path: string, options: Calling): Promise<FileStat | undefined> {
  try {
    const said = await runScript(host, { script: scripts.STAT, paths: [path] }, options);
    return readStat(said.trim().split(" "));
  } catch (error) {
    if (isFault(error, "archive.missing")) return undefined;
    throw error;
  }
}

const KIND_MASK = 0xf000;
const KINDS: Readonly<Record<number, FileStat["kind"]>> = { 32768: "file", 16384: "folder" };

/** `stat -c '%f %s %Y'`: mode in hex, bytes, seconds. */
function readStat([mode = "", bytes = "", seconds = ""]: readonly string[]): FileStat {
  return {
    kind: KINDS[Number.parseInt(mode, 16) & KIND_MASK] ?? "other",
    bytes: Number(bytes),
    modifiedAt: new Date(Number(seconds) * 1000),
  };
}

async function listFolder(host: Ground, path: string, options: Calling): Promise<readonly FileEntry[]> {
  const start = randomBytes(12).toString("hex");
  const source = host.read(scripted({ script: scripts.LIST, paths: [path], words: [start] }), options);
  try {
    const said = await buffer(relay(source, { bad: (error) => fileFaultOf(host.name, path, error) }));
    const prefix = Buffer.concat([bytesOfName(path), Buffer.from("/./")]).toString("latin1");
    const records = said.toString("latin1").split(`${start} `).slice(1);
    return records.map((record) => readEntry(record, prefix));
  } catch (error) {
    if (isFault(error, "archive.missing")) return [];
    throw error;
  }
}

/** One record, bytes as latin1: mode, size, seconds, path and the newline that ends it. */
function readEntry(record: string, prefix: string): FileEntry {
  const [mode = "", bytes = "", seconds = ""] = record.split(" ", 3);
  const path = record.slice(mode.length + bytes.length + seconds.length + 3, -1);
  const name = nameFromBytes(Buffer.from(path.slice(prefix.length), "latin1"));
  return { ...readStat([mode, bytes, seconds]), name };
}

async function spaceOf(
  host: Ground,
  path: string,
  options: Calling,
): Promise<{ freeBytes: number; totalBytes: number }> {
  const said = await runScript(host, { script: scripts.SPACE, paths: [path] }, options);
  const sizes = /\s(\d+)\s+\d+\s+(-?\d+)\s+(?:\d+%|-)\s/.exec(said);
  if (!sizes) throw new Fault("store.unavailable", `the free space of ${path} on ${host.name} is not known`);
  return { freeBytes: Math.max(0, Number(sizes[2]) * 1024), totalBytes: Number(sizes[1]) * 1024 };
}
