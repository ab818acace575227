import type { Ran } from "../host/host.ts";
import { Fault } from "../model/fault.ts";

/** What the failure of a script on a server means, by its last words. */
export function scriptFault(where: string, { stderr }: Ran, doing: string): Fault {
  const said = stderr.trim().split("\n").at(-1) ?? "";
  const context = { stderr: stderr.slice(-1000) };
  const message = `${doing} on ${where}: ${said}`;
  if (/No space left|quota exceeded/i.test(said)) {
    return new Fault("server.no-space", message, {
      hint: "Free space on that disk, then try again.",
      context,
    });
  }
  if (/Read-only file system/i.test(said)) {
    return new Fault("server.read-only", message, {
      hint: "Make that disk writable, then try again.",
      context,
    });
  }
  if (/Permission denied|not permitted/i.test(said)) {
    return new Fault("target.permission", message, {
      hint: "Give the SSH user that right, or use root.",
      context,
    });
  }
  return new Fault("restore.failed", message, {
    hint: "Read the program's own words and mend the cause.",
    context,
  });
}
