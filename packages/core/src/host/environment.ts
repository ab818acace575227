import { randomBytes } from "node:crypto";
import { Fault } from "../model/fault.ts";
import type { Command } from "./host.ts";

/** Carries a job's tag. */
export const JOB_VARIABLE = "COFRE_JOB";
/** Carries one call's mark: what is stopped by it is that call alone. */
export const CALL_VARIABLE = "COFRE_CALL";

/** Where programs are looked for after the user's own PATH: SSH and cron give short ones. */
export const USUAL_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/snap/bin";

/** 32 characters of [0-9a-f]: a fixed length, because marks are matched as substrings. */
export function newMark(): string {
  return randomBytes(16).toString("hex");
}

/** The mark of a call: its own, or the one that a container's host gave it to find the same program inside. */
export function markOf(command: Command): string {
  return command.env?.[CALL_VARIABLE] ?? newMark();
}

/** Plain variables of a command with its tag and mark; names are checked, because a shell will read them. */
export function plainVariables(
  command: Command,
  marks: { tag?: string | undefined; mark: string },
): Readonly<Record<string, string>> {
  for (const name of [...Object.keys(command.env ?? {}), ...Object.keys(command.secrets ?? {})])
    checkName(name);
  return {
    [CALL_VARIABLE]: marks.mark,
    ...(marks.tag === undefined ? {} : { [JOB_VARIABLE]: marks.tag }),
    ...command.env,
  };
}

function checkName(name: string): void {
  if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return;
  throw new Fault("input.invalid", `"${name}" cannot be the name of an environment variable`);
}
