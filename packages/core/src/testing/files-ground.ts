import { randomBytes } from "node:crypto";
import { onTestFinished } from "vitest";
import { type Archive, type Destined, putArchive, removeArchive } from "../engine/conformance/carry.ts";
import { takeArchive } from "../engine/conformance/take-archive.ts";
import type { Reach } from "../engine/engine.ts";
import { files } from "../engine/files.ts";
import type { FilesTarget } from "../engine/files-target.ts";
import type { Server } from "../host/host.ts";
import { createLocalServer } from "../host/local.ts";

/** A folder of a test's own on a server, removed with the test. */
export interface Ground {
  readonly server: Server;
  readonly root: string;
  readonly journals: string;
  /** Runs a script in the folder; its output, trimmed. */
  sh(script: string): Promise<string>;
}

export async function groundOn(server: Server, parent = "/tmp"): Promise<Ground> {
  const root = `${parent}/cofre-edge-${randomBytes(6).toString("hex")}`;
  const sh = async (script: string): Promise<string> => {
    const ran = await server.run({ argv: ["sh", "-c", `cd "$1" && { ${script}\n}`, "edge", root] });
    if (ran.code !== 0) throw new Error(`${script}: ${ran.stderr}`);
    return ran.stdout.trim();
  };
  const made = await server.run({ argv: ["mkdir", root] });
  if (made.code !== 0) throw new Error(made.stderr);
  onTestFinished(async () => {
    await server.run({ argv: ["rm", "-rf", root, `${root}.journals`] });
    await server[Symbol.asyncDispose]();
  });
  return { server, root, journals: `${root}.journals`, sh };
}

export const here = (environment: Record<string, string> = {}): Promise<Ground> =>
  groundOn(createLocalServer("here", environment));

export function reachOf({ server }: Ground, target: FilesTarget): Reach<FilesTarget> {
  return {
    host: server,
    server,
    target,
    tag: randomBytes(16).toString("hex"),
    signal: new AbortController().signal,
  };
}

interface Taking {
  readonly units?: readonly string[];
  readonly whileDumping?: () => Promise<void>;
}

/** All paths of the target, unless units are named. */
export async function takeFiles(
  ground: Ground,
  target: FilesTarget,
  { units = target.paths, ...taking }: Taking = {},
): Promise<Archive> {
  const carrier = { reach: reachOf(ground, target), journals: ground.journals };
  const archive = await takeArchive(files, carrier, { units, ...taking });
  onTestFinished(() => removeArchive(archive));
  return archive;
}

export function putFiles(ground: Ground, archive: Destined) {
  const into = [...(archive.into ?? archive.units)];
  const carrier = { reach: reachOf(ground, { paths: into }), journals: ground.journals };
  return putArchive(files, carrier, { archive });
}
