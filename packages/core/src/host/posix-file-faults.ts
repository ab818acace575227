import { Fault, type FaultCode } from "../model/fault.ts";

interface Meaning {
  /** The system's words (strerror in the C locale), and those of dash and busybox for the same. */
  readonly words: RegExp;
  readonly code: FaultCode;
  readonly found: string;
  readonly hint?: string;
}

const MEANINGS: readonly Meaning[] = [
  {
    words: /No space left on device|Disk quota exceeded/,
    code: "server.no-space",
    found: "the disk is full",
    hint: "Free space there, or choose another folder or server for archives.",
  },
  {
    words: /Read-only file system/,
    code: "server.read-only",
    found: "the file system is read-only",
    hint: "Mount it writable, or choose another folder; a disk that failed is often made read-only by the system.",
  },
  {
    words: /Permission denied|Operation not permitted/,
    code: "server.permission",
    found: "this user may not do that",
    hint: "Give the user of this connection the right to that folder, for example with chown on the server.",
  },
  { words: /File exists/, code: "store.exists", found: "something is already there" },
  {
    words: /No such file or directory|[Nn]onexistent|Not a directory|can't cd to/,
    code: "archive.missing",
    found: "it is not there",
  },
  { words: /File name too long/, code: "input.invalid", found: "the name is too long for its file system" },
  { words: /Is a directory/, code: "input.invalid", found: "it is a folder" },
  { words: /Not a folder/, code: "input.invalid", found: "it is no folder" },
  { words: /not found/, code: "server.tool-missing", found: "a basic tool of the system is missing" },
  { words: /bytes arrived/, code: "store.unavailable", found: "not every byte arrived" },
  {
    words: /Input\/output error|Structure needs cleaning/,
    code: "store.unavailable",
    found: "the disk reports an error",
  },
];

/** What a file tool's end means. */
export function fileFault(where: string, path: string, end: { code: number | null; stderr: string }): Fault {
  const shown = path.toWellFormed().slice(0, 300);
  const context = { path: shown, code: end.code, stderr: end.stderr.trim().slice(-1000) };
  const meaning = MEANINGS.find(({ words }) => words.test(end.stderr));
  if (!meaning) {
    return new Fault("store.unavailable", `${shown} on ${where}: a file tool failed with ${end.code}`, {
      context,
    });
  }
  const { code, found, hint } = meaning;
  return new Fault(code, `${shown} on ${where}: ${found}`, {
    ...(hint === undefined ? {} : { hint }),
    context,
  });
}

/** The same for a stream's error: only how a tool ended is given another name, whatever else happened is told as it is. */
export function fileFaultOf(where: string, path: string, error: unknown): Error {
  if (!(error instanceof Fault)) return error instanceof Error ? error : new Error(String(error));
  const { code, stderr } = error.context;
  if (typeof code !== "number" || typeof stderr !== "string") return error;
  return fileFault(where, path, { code, stderr });
}
