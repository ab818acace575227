import type { Identified } from "./engine.ts";

const BLOCK = 512;
const CHECKSUM = { start: 148, end: 156 } as const;

/** A tar by its first header: the magic `ustar` and a checksum that is right. Source: POSIX pax, "ustar Interchange Format". */
export function identifyTar(head: Uint8Array): Identified | undefined {
  if (head.length < BLOCK) return undefined;
  const header = Buffer.from(head.buffer, head.byteOffset, BLOCK);
  if (header.toString("latin1", 257, 262) !== "ustar") return undefined;
  const written = Number.parseInt(header.toString("latin1", CHECKSUM.start, CHECKSUM.end), 8);
  const blank = Buffer.from(header).fill(" ", CHECKSUM.start, CHECKSUM.end);
  if (blank.reduce((sum, byte) => sum + byte, 0) !== written) return undefined;
  const kind = header.toString("latin1", 156, 157);
  const version = kind === "x" || kind === "g" ? "pax" : "ustar";
  return { engine: "files", format: { name: "tar", version, extension: ".tar" }, serverVersion: null };
}
