import { randomBytes } from "node:crypto";
import { Fault } from "../model/fault.ts";

const MOST_BYTES = 1_024;
const MOST_PART_BYTES = 255;
/** What a store keeps for itself at its root: journals, archives that were not judged yet. */
const INTERNAL_FOLDER = ".cofre";
/** A file that is still being written. */
export const PARTIAL_SUFFIX = ".partial";

/** Tells whose file it is that is still being written; a host that writes beside it keeps this part of the name. */
export function partialStem(owner: string | undefined): string {
  const random = randomBytes(16).toString("hex");
  return owner === undefined ? random : `${owner}-${random}`;
}

/**
 * Throws `input.invalid` for a key that could leave the store, hide in it, or that some store could not hold: only relative paths
 * of parts of 1 to 255 bytes, without `.`, `..`, control characters or broken Unicode, 1,024 bytes in all.
 */
export function checkKey(key: string): void {
  const trouble = keyTrouble(key);
  if (trouble === undefined) return;
  throw new Fault("input.invalid", `the key ${JSON.stringify(key)} cannot be used in a store: ${trouble}`, {
    hint: "Use a relative path of plain names, such as databases/shop/backup-1.dump.zst.",
  });
}

/** The same for a prefix: a folder, or nothing for all. */
export function checkPrefix(prefix: string): void {
  if (prefix !== "") checkKey(prefix);
}

/** Whether a store must not show this key: it belongs to the store itself, or is not whole yet. */
export function isHidden(key: string): boolean {
  return key === INTERNAL_FOLDER || key.startsWith(`${INTERNAL_FOLDER}/`) || key.endsWith(PARTIAL_SUFFIX);
}

function keyTrouble(key: string): string | undefined {
  if (key === "") return "it is empty";
  if (key.startsWith("/")) return "it is an absolute path";
  if (!key.isWellFormed()) return "it is not valid Unicode";
  if (/\p{Cc}/u.test(key)) return "it has control characters";
  if (Buffer.byteLength(key) > MOST_BYTES) return `it is longer than ${MOST_BYTES} bytes`;
  if (isHidden(key)) return "that name is kept for the store's own files";
  return key
    .split("/")
    .map(partTrouble)
    .find((trouble) => trouble !== undefined);
}

function partTrouble(part: string): string | undefined {
  if (part === "") return "it has an empty part";
  if (part === "." || part === "..") return `it has a part ${part}`;
  if (Buffer.byteLength(part) > MOST_PART_BYTES) return `a part is longer than ${MOST_PART_BYTES} bytes`;
  return undefined;
}
