import type { ServerJobView } from "../host/server-jobs.ts";
import { Fault, type FaultCode } from "../model/fault.ts";

interface Sign {
  readonly pattern: RegExp;
  readonly code: FaultCode;
  readonly message: string;
  readonly hint: string;
}

/** What the words of tools mean. Read only after something failed. */
const SIGNS: readonly Sign[] = [
  {
    pattern: /No space left on device|Disk quota exceeded|disk full/i,
    code: "server.no-space",
    message: "the disk of the server is full",
    hint: "Free space on the server or choose another store, then try again.",
  },
  {
    pattern: /Read-only file system/i,
    code: "server.read-only",
    message: "the folder of the store is on a read-only file system",
    hint: "Make the folder writable or choose another store.",
  },
  {
    pattern: /No such container|is not running|container [0-9a-f]+ is (paused|restarting)/i,
    code: "target.missing",
    message: "the container was not running",
    hint: "Start the container, then try again.",
  },
];

/** Throws the Fault that tells why a server job did not end well; returns the view when it did. `code` is for failures without a better name. */
export function judge(view: ServerJobView, attempted: string, code: FaultCode): ServerJobView {
  if (view.state === "done") return view;
  const context = { state: view.state, stderr: view.stderr, codes: JSON.stringify(view.codes) };
  if (view.state === "cancelled")
    throw new Fault("job.cancelled", `${attempted}: it was cancelled`, { context });
  const missing = Object.entries(view.codes).find(([, exit]) => exit === 127);
  if (missing !== undefined) {
    throw new Fault("server.tool-missing", `${attempted}: a program is missing (${firstLine(view.stderr)})`, {
      hint: "Install the program on the server or in the container, or choose another compression.",
      context,
    });
  }
  const sign = SIGNS.find((one) => one.pattern.test(view.stderr));
  if (sign !== undefined) {
    throw new Fault(sign.code, `${attempted}: ${sign.message}`, { hint: sign.hint, context });
  }
  if (view.state === "died" || view.state === "absent") {
    throw new Fault("job.interrupted", `${attempted}: the work on the server was killed before its end`, {
      hint: "Look whether the server was restarted or ran out of memory, then try again.",
      context,
    });
  }
  throw new Fault(
    code,
    `${attempted}: ${lastLine(view.stderr) || `exit codes ${JSON.stringify(view.codes)}`}`,
    {
      hint: "Read the program's own words below, mend the cause and try again.",
      context,
    },
  );
}

function lines(text: string): string[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

function firstLine(text: string): string {
  return lines(text)[0] ?? "no message";
}

function lastLine(text: string): string {
  return lines(text).at(-1) ?? "";
}
