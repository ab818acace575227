import { Fault, type FaultCode } from "../model/fault.ts";
import type { Refusal } from "./server-job-view.ts";

const TOO_FULL_BYTES = 64 * 1024;

/** What a server's refusal is called, and what to do about it. */
export function refusalFault(server: string, refusal: Refusal): Fault {
  const { what, path } = refusal;
  const context = contextOf(refusal);
  switch (what) {
    case "owner":
      return new Fault(
        "state.conflict",
        `the job at ${path} on ${server} belongs to another installation of Cofre`,
        {
          hint: "Leave it to the installation that started it.",
          context,
        },
      );
    case "again":
      return new Fault(
        "state.conflict",
        `the job at ${path} on ${server} was started before and cannot be joined`,
        {
          hint: "Cancel and forget the old attempt, then start anew.",
          context,
        },
      );
    case "running":
      return new Fault("state.conflict", `the job at ${path} on ${server} is still running`, {
        hint: "Cancel it first.",
        context,
      });
    case "exists":
      return new Fault("store.exists", `there is already a file at ${path} on ${server}`, { context });
    case "folder":
      return new Fault("not.found", `there is no folder ${path} on ${server}`, {
        hint: "Create the folder, or choose another one.",
        context,
      });
    case "input":
      return inputFault(server, refusal);
    default:
      return diskFault(server, refusal);
  }
}

function inputFault(server: string, refusal: Refusal): Fault {
  const context = contextOf(refusal);
  if (/permission denied/i.test(refusal.words)) {
    return new Fault("server.permission", `${refusal.path} on ${server} may not be read by this user`, {
      hint: "Let the user that Cofre logs in as read the file.",
      context,
    });
  }
  return new Fault("archive.missing", `${refusal.path} is not there on ${server}`, { context });
}

/** A folder that could not be written, by the system's own words. */
function diskFault(server: string, refusal: Refusal): Fault {
  const { path, words, freeBytes } = refusal;
  const isFull =
    /no space left|quota exceeded/i.test(words) || (freeBytes !== null && freeBytes < TOO_FULL_BYTES);
  const [code, found, hint]: readonly [FaultCode, string, string] = /read-only file system/i.test(words)
    ? ["server.read-only", "is on a read-only file system", "Make it writable or choose another folder."]
    : isFull
      ? [
          "server.no-space",
          `has no space left (${freeBytes ?? 0} bytes free)`,
          "Free space there, or choose another folder.",
        ]
      : [
          "server.permission",
          "may not be written by this user",
          "Give the user that Cofre logs in as the right to write there.",
        ];
  return new Fault(code, `${path} on ${server} ${found}`, { hint, context: contextOf(refusal) });
}

function contextOf({ path, words, freeBytes, totalBytes }: Refusal) {
  return { path, words: words.slice(0, 500), freeBytes, totalBytes };
}
