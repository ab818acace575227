import type { EngineName } from "./read-lab.ts";
import { readLab } from "./read-lab.ts";

/** The tag of an engine's image, or an error that names the command that brings it. */
export function imageOf(engine: EngineName, version: string): string {
  const lab = readLab();
  const tag = lab.images[engine]?.[version];
  if (tag === undefined)
    throw new Error(`the lab (${lab.set}) has no ${engine} ${version}: run lab/lab.sh up full`);
  return tag;
}
