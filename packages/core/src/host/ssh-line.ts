import { CALL_VARIABLE, plainVariables, USUAL_PATH } from "./environment.ts";
import type { Command } from "./host.ts";
import { escapeForPrintf, quote, quoteAll } from "./ssh-quote.ts";

export interface RemoteLine {
  /** What the user's login shell is asked to run. Anybody on the server may see it in `ps`. */
  readonly line: string;
  /** What must be written to stdin before anything else. */
  readonly prelude: string;
  /** See `Program.missingMark`. */
  readonly missingMark: string;
}

/**
 * A command as SSH carries it. sshd drops unknown variables, so secrets travel as lines of stdin: a small shell reads them
 * one byte at a time, leaves the rest of stdin untouched, and becomes the program.
 */
export function remoteLine(command: Command, marks: { tag?: string | undefined; mark: string }): RemoteLine {
  const missingMark = `cofre: no such program (${marks.mark})`;
  const variables = Object.entries(plainVariables(command, marks));
  const secrets = Object.entries(command.secrets ?? {});
  const script = [
    `PATH=$PATH:${USUAL_PATH} export PATH`,
    ...variables.map(([name, value]) => `export ${name}=${quote(value)}`),
    `command -v "$1" >/dev/null 2>&1 || { echo ${quote(missingMark)} >&2; exit 127; }`,
    ...secrets.map(([name]) => `IFS= read -r s || exit 125; s=$(printf %bx "$s"); export ${name}="\${s%x}"`),
    ...(secrets.length === 0 ? [] : ["unset s"]),
    'exec "$@"',
  ];
  return {
    line: `exec sh -c ${quote(script.join("; "))} sh ${quoteAll(command.argv)}`,
    prelude: secrets.map(([, secret]) => `${escapeForPrintf(secret.reveal())}\n`).join(""),
    missingMark,
  };
}

/** How a call's processes are known on the server. */
export function callMark(mark: string): string {
  return `${CALL_VARIABLE}=${mark}`;
}
