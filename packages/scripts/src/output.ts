import type { Job } from "@cofre/sdk";
import type { Ending } from "./ending.ts";

/** Where a script speaks: results on stdout, everything else on stderr. */
export interface Output {
  print(text: string): void;
  /** One line of what is going on; nothing with `--json`. */
  say(text: string): void;
  /** A job's step: one line that is written over on a terminal, a line for each phase elsewhere. */
  step(label: string, job: Job): void;
  result(value: object): void;
  failure(ending: Ending, usage?: string): void;
}

interface Streams {
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
}

export function outputTo({ stdout, stderr }: Streams, asJson: boolean): Output {
  const isTerminal = stderr.isTTY === true && !asJson;
  let lastPhase = "";
  const endLine = () => {
    if (isTerminal && lastPhase !== "") stderr.write("\n");
    lastPhase = "";
  };
  const say = (text: string) => {
    if (asJson) return;
    endLine();
    stderr.write(`${text}\n`);
  };
  return {
    print: (text) => stdout.write(`${text}\n`),
    say,
    step(label, job) {
      if (asJson) return;
      const phase = `${label}: ${job.phase}`;
      if (isTerminal) stderr.write(`\r\u001b[K${phase} ${progressOf(job)}`);
      else if (phase !== lastPhase) stderr.write(`${phase}\n`);
      lastPhase = phase;
    },
    result(value) {
      if (asJson) stdout.write(`${JSON.stringify(value)}\n`);
      else endLine();
    },
    failure(ending, usage) {
      const { exitCode: _exitCode, isUsage: _isUsage, ...error } = ending;
      if (asJson) {
        stdout.write(`${JSON.stringify({ error })}\n`);
        return;
      }
      say(`failed (${ending.code}): ${ending.message}`);
      if (ending.hint !== null) stderr.write(`what to do: ${ending.hint}\n`);
      if (usage !== undefined) stderr.write(`${usage}\n`);
    },
  };
}

function progressOf({ progress }: Job): string {
  const total = progress.totalBytes === null ? "" : ` of ${bytesText(progress.totalBytes)}`;
  const rate = progress.bytesPerSecond > 0 ? `, ${bytesText(progress.bytesPerSecond)}/s` : "";
  const left = progress.secondsLeft === null ? "" : `, ${Math.ceil(progress.secondsLeft)} s left`;
  return `${bytesText(progress.bytes)}${total}${rate}${left}`;
}

const UNITS = ["B", "kB", "MB", "GB", "TB", "PB"] as const;

/** Decimal units with one digit: `2.5 MB`. */
export function bytesText(bytes: number): string {
  const power = Math.min(UNITS.length - 1, bytes < 1000 ? 0 : Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** power;
  return `${power === 0 ? value : value.toFixed(1)} ${UNITS[power]}`;
}
