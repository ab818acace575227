import type { DumpFormat } from "../model/engine.ts";
import { Fault, type FaultCode } from "../model/fault.ts";
import type { Bench, CheckPlan, Identified } from "./engine.ts";
import { numbersOf, type Vendor, vendorOf } from "./mysqlish-vendor.ts";

export function dumpFormat(vendor: Vendor, version: string): DumpFormat {
  return { name: vendor.format, version, extension: ".sql" };
}

/**
 * Reads the comments at the head of a dump. Which vendor's it is, its server decides: MariaDB's program once called its dumps MySQL's
 * (client/mysqldump.c, write_header). A head without the server's version is nobody's.
 */
export function identify(vendor: Vendor, head: Uint8Array): Identified | undefined {
  const text = Buffer.from(head.buffer, head.byteOffset, Math.min(head.byteLength, 4096)).toString("utf8");
  const tool = /^-- (?:MySQL|MariaDB) dump (.*)$/m.exec(text.slice(0, 512))?.[1];
  const server = /^-- Server version\t(\S+)/m.exec(text)?.[1];
  if (tool === undefined || server === undefined || vendorOf(server).id !== vendor.id) return undefined;
  return {
    engine: vendor.id,
    format: dumpFormat(vendor, toolVersionIn(tool) ?? ""),
    serverVersion: numbersOf(server),
  };
}

/** `10.19-11.8.6-MariaDB, for …`, `10.19  Distrib 10.11.14-MariaDB, for …`, `9.7.0, for …`. */
function toolVersionIn(words: string): string | undefined {
  const told =
    /Distrib (\d+(?:\.\d+)+)/.exec(words) ??
    /^10\.\d+-(\d+(?:\.\d+)+)/.exec(words) ??
    /(\d+(?:\.\d+)+)/.exec(words);
  return told?.[1];
}

/** `mysqldump  Ver 9.7.0 for Linux on x86_64 ((Debian))`, `mariadb-dump from 11.8.6-MariaDB, client 10.19 for …`. */
export function toolVersion(printed: string): string | undefined {
  return (
    /(?:from|Distrib) (\d+(?:\.\d+)+)/.exec(printed)?.[1] ??
    /Ver (?:10\.\d+ )?(\d+(?:\.\d+)+)/.exec(printed)?.[1]
  );
}

/** The last line of a dump with dates, as both write it: the hour of MySQL has a space in front. */
const TRAILER = /(^|\n)-- Dump completed on \d{4}-\d\d-\d\d [ \d]\d:\d\d:\d\d\n$/;

/** Throws when the last bytes of a dump are not its trailer. */
export function assertTrailer(tail: Uint8Array | string | null, code: FaultCode): void {
  const text = typeof tail === "string" ? tail : Buffer.from(tail ?? []).toString("utf8");
  if (TRAILER.test(text)) return;
  throw new Fault(code, "the dump does not end with `-- Dump completed on` and its date", {
    hint:
      code === "dump.incomplete" ? "Try again." : "Do not use this backup; choose another and validate it.",
    context: { tail: text.slice(-120) },
  });
}

/** Lines that lead out of the one database, and the last line. Rows are never such lines: newlines in them are written as \\n. */
const SCAN = "/^USE /p;/^CREATE DATABASE /p;$p";

/** Read to its end by sed: the text has no structure that a program could check without a server, but its trailer. */
export function planCheck(vendor: Vendor, bench: Bench): CheckPlan {
  const sed = { argv: ["sed", "-n", SCAN] as const, env: { LC_ALL: "C" } };
  return {
    sink: { via: "command", command: sed, on: bench.server },
    conclude: (printed) => {
      assertTrailer(printed, "archive.damaged");
      refuseSeveral(vendor, printed);
      return [];
    },
  };
}

function refuseSeveral(vendor: Vendor, printed: string): void {
  const databases = new Set(printed.split("\n").flatMap((line) => /^USE `(.*)`;/.exec(line)?.[1] ?? []));
  if (databases.size < 2) return;
  throw new Fault(
    "archive.foreign",
    `the dump holds several databases: ${[...databases].slice(0, 5).join(", ")}`,
    {
      hint: `Dump each ${vendor.label} database into a file of its own, or load this one by hand.`,
    },
  );
}
