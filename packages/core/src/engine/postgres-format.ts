import type { DumpFormat, UnitFacts } from "../model/engine.ts";
import { Fault, type FaultCode } from "../model/fault.ts";
import type { Bench, CheckPlan, Identified } from "./engine.ts";
import { inShell } from "./postgres-tools.ts";

export const CUSTOM = "postgres-custom";
export const PLAIN = "postgres-plain";

export const POSTGRES_ID = "postgres";

/** Format byte of `pg_dump -Fc` in the header (src/bin/pg_dump/pg_backup.h, ArchiveFormat). */
const CUSTOM_FORMAT_BYTE = 1;
const MAGIC = "PGDMP";
/** From this version of the header on the compression is one byte that names a method, before it is an int. */
const FIRST_WITH_METHOD = 15;

/** Last lines of a plain dump; since the summer of 2025 psql's restriction is lifted after them. */
const TRAILER = /\n--\n-- PostgreSQL database dump complete\n--\n\n(\\unrestrict [A-Za-z0-9]+\n\n)?$/;

/** Reads a custom archive's header (pg_backup_archiver.c, ReadHead) or a plain dump's first comment. */
export function identify(head: Uint8Array): Identified | undefined {
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.byteLength);
  if (bytes.subarray(0, MAGIC.length).toString("latin1") === MAGIC) return identifyCustom(bytes);
  const text = bytes.subarray(0, 4096).toString("utf8");
  if (!/^(--\n)?-- PostgreSQL database dump\n/m.test(text.slice(0, 200))) return undefined;
  const dumped = /^-- Dumped from database version (\S+)/m.exec(text)?.[1] ?? null;
  const version = /^-- Dumped by pg_dump version (\S+)/m.exec(text)?.[1] ?? "";
  return {
    engine: POSTGRES_ID,
    format: { name: PLAIN, version, extension: ".sql" },
    serverVersion: dumped,
  };
}

function identifyCustom(bytes: Buffer): Identified | undefined {
  const reader = readerOf(bytes, MAGIC.length);
  const [, minor = 0] = [reader.byte(), reader.byte(), reader.byte()];
  const intBytes = reader.byte() ?? 4;
  reader.byte();
  if (reader.byte() !== CUSTOM_FORMAT_BYTE) return undefined;
  if (minor >= FIRST_WITH_METHOD) reader.byte();
  else reader.int(intBytes);
  for (let field = 0; field < 7; field += 1) reader.int(intBytes);
  reader.text(intBytes);
  const serverVersion = firstWord(reader.text(intBytes));
  const version = firstWord(reader.text(intBytes)) ?? `format 1.${minor}`;
  return { engine: POSTGRES_ID, format: { name: CUSTOM, version, extension: ".dump" }, serverVersion };
}

function firstWord(text: string | null): string | null {
  return text?.split(" ")[0] ?? null;
}

/** Reads what is there; beyond the end everything is undefined or null. */
function readerOf(bytes: Buffer, start: number) {
  let at = start;
  const byte = (): number | undefined => {
    at += 1;
    return bytes[at - 1];
  };
  /** One byte of sign, then the value with its lowest byte first. */
  const int = (size: number): number | null => {
    const sign = byte();
    let value = 0;
    for (let index = 0; index < size; index += 1) value += (byte() ?? 0) * 256 ** index;
    if (at > bytes.length) return null;
    return sign === 0 ? value : -value;
  };
  const text = (size: number): string | null => {
    const length = int(size);
    if (length === null || length < 0 || at + length > bytes.length) return null;
    at += length;
    return bytes.toString("utf8", at - length, at);
  };
  return { byte, int, text };
}

/** The same as psql shows what it reads: without empty lines. */
const ECHOED_TRAILER = /(^|\n)--\n-- PostgreSQL database dump complete\n--\n(\\unrestrict [A-Za-z0-9]+\n)?$/;

/** Throws when psql did not come to the trailer of a plain dump: it takes a cut one for whole and exits 0. */
export function assertWholeLoad(echoed: string): void {
  if (ECHOED_TRAILER.test(echoed)) return;
  throw new Fault("restore.failed", "the load ended before `PostgreSQL database dump complete`", {
    hint: "Validate the backup; if it is whole, try again.",
    context: { tail: echoed.slice(-120) },
  });
}

/** Throws when the last bytes of a plain dump are not its trailer. */
export function assertPlainTrailer(tail: Uint8Array | string | null, code: FaultCode): void {
  const text = typeof tail === "string" ? tail : Buffer.from(tail ?? []).toString("utf8");
  if (TRAILER.test(text)) return;
  throw new Fault(code, "the dump does not end with `PostgreSQL database dump complete`", {
    hint:
      code === "dump.incomplete" ? "Try again." : "Do not use this backup; choose another and validate it.",
    context: { tail: text.slice(-120) },
  });
}

/** A custom archive is read whole by `pg_restore` itself; its list alone is whole in a cut archive too. */
export function planCheck(bench: Bench, format: DumpFormat): CheckPlan {
  const none = (): readonly UnitFacts[] => [];
  if (format.name === PLAIN) {
    return {
      sink: { via: "command", command: { argv: ["tail", "-c", "1024"] }, on: bench.server },
      conclude: (tail) => {
        assertPlainTrailer(tail, "archive.damaged");
        return [];
      },
    };
  }
  return {
    sink: { via: "command", command: { argv: inShell(["pg_restore", "-f", "/dev/null"]) }, on: bench.host },
    conclude: none,
  };
}
