import type { UnitFacts } from "../model/engine.ts";
import { Fault } from "../model/fault.ts";
import { TOOL } from "./redis-shell.ts";
import { WHOLE_SERVER } from "./redis-target.ts";

/**
 * Reads an RDB on stdin with the server's own checker, to the last byte of the stream. The checker stops at the RDB's end and
 * says where that was; bytes after it show only when all are counted. Needs no server and always exits 0 unless it cannot run:
 * the verdict is in what it prints.
 */
export const CHECK = `${TOOL}
check=$(tool check-rdb) || exit 127
exec 8>&1
bytes=$({ tee /dev/fd/9 | { "$check" /dev/stdin 2>&1; echo "cofre exit $?"; cat > /dev/null; } | tail -n 60 >&8; } 9>&1 | wc -c)
echo "cofre bytes" $bytes
`;

/** What the checker found: keys of every database together, expired ones included, and how many of them expire. */
export interface CheckedRdb {
  readonly bytes: number;
  readonly keys: number;
  readonly expires: number;
  readonly expired: number;
}

/** Reads the output of CHECK; throws `archive.damaged` unless it is one whole RDB and nothing else. */
export function readCheck(output: string): CheckedRdb {
  const end = lastNumber(output, /^\[offset (\d+)\] \\o\/ RDB looks OK! \\o\/$/gm);
  const exit = lastNumber(output, /^cofre exit (\d+)$/gm);
  const bytes = lastNumber(output, /^cofre bytes (\d+)$/gm);
  if (exit !== 0 || end === undefined) throw damaged(output);
  if (bytes !== end) {
    throw new Fault(
      "archive.damaged",
      `the RDB ends after ${end} bytes, but ${bytes ?? "an unknown number of"} bytes are there`,
      { hint: "Something was appended to it: use another backup." },
    );
  }
  const keys = lastNumber(output, /^\[info\] (\d+) keys read$/gm);
  const expires = lastNumber(output, /^\[info\] (\d+) expires$/gm);
  const expired = lastNumber(output, /^\[info\] (\d+) already expired$/gm);
  if (keys === undefined || expires === undefined || expired === undefined) throw damaged(output);
  return { bytes: end, keys, expires, expired };
}

/** Counts that a dump of a restored server gives again; which keys have expired meanwhile is not among them. */
export function factsOf({ keys, expires }: CheckedRdb): readonly UnitFacts[] {
  return [{ name: WHOLE_SERVER, counts: { keys, expires } }];
}

function lastNumber(output: string, pattern: RegExp): number | undefined {
  const found = [...output.matchAll(pattern)].at(-1)?.[1];
  return found === undefined ? undefined : Number(found);
}

function damaged(output: string): Fault {
  const said = /^\[offset \d+\] (?!Checking|AUX|Selecting|Checksum)(.+)$/m.exec(output)?.[1];
  const newer = /Can't handle RDB format version (\d+)/.exec(output)?.[1];
  if (newer !== undefined) {
    return new Fault(
      "engine.version",
      `the RDB is of format ${newer}, which is newer than this server can read`,
      {
        hint: "Choose a server of the version that wrote it, or a newer one.",
      },
    );
  }
  return new Fault("archive.damaged", `the RDB is not whole: ${said ?? "its checker gave no verdict"}`, {
    hint: "Do not use this backup; choose another and validate it.",
    context: { said: output.slice(-1000) },
  });
}
