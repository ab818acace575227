import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import type { EngineName, SshServerName } from "./read-lab.ts";
import { isLabUp, readLab } from "./read-lab.ts";

/** What a suite needs: the image of an engine's version, an SSH server, or a program of this machine. */
export type Need =
  | { readonly engine: EngineName; readonly version: string }
  | { readonly ssh: SshServerName }
  | { readonly program: string };

/**
 * Why this machine cannot run a suite, or null when it can: `describe.skipIf(absentReason(need))`.
 * In CI nothing may be absent, so there it throws instead.
 */
export function absentReason(need: Need): string | null {
  const reason = reasonFor(need);
  if (reason !== null && process.env.CI === "true") throw new Error(`CI needs every server: ${reason}`);
  return reason;
}

function reasonFor(need: Need): string | null {
  if ("program" in need) return isHere(need.program) ? null : `there is no ${need.program} here`;
  if (!isLabUp()) return "the lab is not up: run lab/lab.sh up core";
  const lab = readLab();
  if ("ssh" in need) return lab.ssh[need.ssh] ? null : `the lab has no SSH server "${need.ssh}"`;
  if (lab.images[need.engine]?.[need.version]) return null;
  return `${need.engine} ${need.version} is not in the ${lab.set} set: run lab/lab.sh up full`;
}

function isHere(program: string): boolean {
  const folders = (process.env.PATH ?? "").split(delimiter);
  return folders.some((folder) => folder !== "" && existsSync(join(folder, program)));
}
