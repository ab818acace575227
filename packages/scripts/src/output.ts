import type { Job } from "@cofre/sdk";
import type { Ending } from "./ending.ts";

/** Where a script speaks: results on stdout, everything else on stderr. */
export interface Output {
  print(text: string): void;
  /** One line of what is going on; nothing with `--json` or `--quiet`. */
  say(text: string): void;
  /** One line that a person must see, on stderr, whatever the flags say. */
  warn(text: string): void;
  /** One line about a failure; nothing with `--json`, whose object tells it. */
  complain(text: string): void;
  /** A job's step: one line that is written over on a terminal, a line for each phase elsewhere. */
  step(label: string, job: Job): void;
  result(value: object): void;
  failure(ending: Ending, usage?: string): void;
}

interface Streams {
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
}

interface Manner {
  readonly asJson: boolean;
  readonly isQuiet: boolean;
}

export function outputTo({ stdout, stderr }: Streams, { asJson, isQuiet }: Manner): Output {
  const line = lineOn(stderr);
  const isSilent = asJson || isQuiet;
  return {
    print: (text) => stdout.write(`${text}\n`),
    warn: line.write,
    say: (text) => {
      if (!isSilent) line.write(text);
    },
    complain: (text) => {
      if (!asJson) line.write(text);
    },
    step: (label, job) => {
      if (!isSilent) line.step(label, job);
    },
    result: (value) => {
      line.end();
      if (asJson) stdout.write(`${JSON.stringify(value)}\n`);
    },
    failure: ({ code, message, hint, requestId, result }, usage) => {
      line.end();
      if (asJson) {
        stdout.write(`${JSON.stringify({ ...result, error: { code, message, hint, requestId } })}\n`);
        return;
      }
      line.write(`failed (${code}): ${message}`);
      if (hint !== null) line.write(`what to do: ${hint}`);
      if (usage !== undefined) line.write(usage);
    },
  };
}

/** A stream of lines; on a terminal the last one may be a job's step, which the next one writes over. */
function lineOn(stderr: NodeJS.WriteStream) {
  const phases = new Map<string, string>();
  let isOpen = false;
  const end = () => {
    if (isOpen) stderr.write("\n");
    isOpen = false;
  };
  return {
    end,
    write: (text: string) => {
      end();
      stderr.write(`${text}\n`);
    },
    step: (label: string, job: Job) => {
      const { phase } = job;
      if (stderr.isTTY === true) {
        stderr.write(`\r\u001b[K${label}: ${phase} ${progressOf(job)}`);
        isOpen = true;
      } else if (phases.get(label) !== phase) {
        stderr.write(`${label}: ${phase}\n`);
      }
      phases.set(label, phase);
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
