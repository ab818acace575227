import type { DumpFormat } from "../model/engine.ts";
import type { Identified } from "./engine.ts";

export const RDB = "redis-rdb";

const AUX = 0xfa;

export function rdbFormat(version: string): DumpFormat {
  return { name: RDB, version, extension: ".rdb" };
}

/**
 * The first nine bytes of an RDB: `REDIS0011`, or `VALKEY080` since Valkey 9. Source: rdb.c of Redis (rdbSaveRio) and of Valkey.
 */
export function rdbMagic(version: string): string {
  return Number(version) >= 80 ? `VALKEY${version.padStart(3, "0")}` : `REDIS${version.padStart(4, "0")}`;
}

/** Reads the header and the auxiliary fields that follow it (`redis-ver` among them). */
export function identifyRdb(head: Uint8Array): Identified | undefined {
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.byteLength);
  const magic = /^(?:REDIS|VALKEY)0*(\d+)$/.exec(bytes.subarray(0, 9).toString("latin1"));
  if (magic?.[1] === undefined) return undefined;
  const fields = auxiliaries(bytes.subarray(9));
  return {
    engine: "redis",
    format: rdbFormat(magic[1]),
    serverVersion: fields.get("valkey-ver") ?? fields.get("redis-ver") ?? null,
  };
}

function auxiliaries(bytes: Buffer): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  let at = 0;
  while (bytes[at] === AUX) {
    const name = shortString(bytes, at + 1);
    const value = name && shortString(bytes, name.end);
    if (value === undefined) break;
    fields.set(name?.text ?? "", value.text);
    at = value.end;
  }
  return fields;
}

/** A string of at most 16 KiB, or a small integer written as one; undefined when it is neither or is cut. */
function shortString(bytes: Buffer, at: number): { text: string; end: number } | undefined {
  const first = bytes[at];
  if (first === undefined) return undefined;
  const kind = first >> 6;
  if (kind === 3) return smallInteger(bytes, at);
  if (kind === 2 || (kind === 1 && at + 1 >= bytes.length)) return undefined;
  const start = kind === 0 ? at + 1 : at + 2;
  const end = start + (kind === 0 ? first & 63 : ((first & 63) << 8) | (bytes[at + 1] ?? 0));
  return end > bytes.length ? undefined : { text: bytes.subarray(start, end).toString("utf8"), end };
}

function smallInteger(bytes: Buffer, at: number): { text: string; end: number } | undefined {
  const size = [1, 2, 4][(bytes[at] ?? 0) & 63];
  if (size === undefined || at + 1 + size > bytes.length) return undefined;
  return { text: String(bytes.readIntLE(at + 1, size)), end: at + 1 + size };
}
