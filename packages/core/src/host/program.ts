import type { Readable, Writable } from "node:stream";
import { Fault, type FaultCode } from "../model/fault.ts";
import { redact } from "../model/secret.ts";
import type { Command } from "./host.ts";

/** How a program ended. Neither code nor signal, or a fault: nobody knows. */
export interface Exit {
  readonly code: number | null;
  readonly signal: string | null;
  readonly fault?: Fault;
}

/** `gently` asks first and then insists; `at once` leaves the program no time to take the end of its input for peace. */
export type Stop = "gently" | "at once";

/** A program that was started somewhere. */
export interface Program {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** After the last byte of both outputs was handed out. Never rejects. */
  readonly ended: Promise<Exit>;
  /** Resolves when the program is gone where it ran, or cannot be reached any more. Does nothing after its end. */
  stop(how: Stop): Promise<void>;
  /** A line that stderr carries beside exit code 127 when the program is not there, and that no program can guess. */
  readonly missingMark?: string;
}

export interface Start {
  /** Whether the caller writes to stdin; otherwise it is empty. */
  readonly feed: boolean;
  readonly tag?: string | undefined;
  /** Ends the wait for a start; a started program is stopped by `stop` alone. */
  readonly signal?: AbortSignal | undefined;
}

/** Starts one program. Rejects with a Fault when it is not there or its machine is not reached. */
export type Launch = (command: Command, start: Start) => Promise<Program>;

/** One call, as messages need it. */
export interface Call {
  readonly where: string;
  readonly command: Command;
  /** What an end that is not success is called. */
  readonly failure: FaultCode;
}

const CONTEXT_CHARACTERS = 4096;

/** The exit code, or the fault when the end is unknown. `stderr` is the tail of the program's own words. */
export function exitCode(call: Call, program: Program, end: { exit: Exit; stderr: string }): number {
  const { exit, stderr } = end;
  if (exit.fault) throw exit.fault;
  if (program.missingMark && exit.code === 127 && stderr.includes(program.missingMark))
    throw toolMissing(call);
  if (exit.code !== null) return exit.code;
  const how = exit.signal ? `was killed by ${exit.signal}` : "ended and nobody knows how";
  throw failed(call, how, { exit, stderr });
}

/** The fault of a program that ended badly, with its code and last words. */
export function failed(call: Call, how: string, end: { exit: Exit; stderr: string }): Fault {
  const lastWords = cleanWords(call.command, end.stderr).trim();
  const lastLine = lastWords.slice(lastWords.lastIndexOf("\n") + 1).slice(0, 300);
  const said = lastLine === "" ? "" : `: ${lastLine}`;
  return new Fault(call.failure, `${programName(call.command)} on ${call.where} ${how}${said}`, {
    context: {
      program: programName(call.command),
      code: end.exit.code,
      ...(end.exit.signal === null ? {} : { signal: end.exit.signal }),
      stderr: lastWords.slice(-CONTEXT_CHARACTERS),
    },
  });
}

export function toolMissing(call: Call, cause?: unknown): Fault {
  const program = programName(call.command);
  return new Fault("server.tool-missing", `${program} was not found on ${call.where}`, {
    hint: `Install ${program} there, or choose a way that does not need it.`,
    context: { program },
    cause,
  });
}

/** Text of a program with the command's own secrets blotted out. */
export function cleanWords(command: Command, text: string): string {
  return redact(text, Object.values(command.secrets ?? {}));
}

/** The program alone, without its words: those may carry names that are nobody else's business. */
export function programName(command: Command): string {
  const path = command.argv[0];
  return path.slice(path.lastIndexOf("/") + 1) || path;
}

/** What an abort is called: the Fault it was aborted with, a stall for a timeout, else `job.cancelled`. */
export function abortFault(signal: AbortSignal): Fault {
  const reason: unknown = signal.reason;
  if (reason instanceof Fault) return reason;
  if (reason instanceof Error && reason.name === "TimeoutError") {
    return new Fault("job.stalled", "the program did not end in the time it was given", { cause: reason });
  }
  return new Fault("job.cancelled", "the work was cancelled", { cause: reason });
}

/** Waits for work at most so long; true when it came to its end, well or not. */
export async function within(milliseconds: number, work: Promise<unknown>): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => resolve(false), milliseconds);
  const over = () => true;
  try {
    return await Promise.race([promise, work.then(over, over)]);
  } finally {
    clearTimeout(timer);
  }
}
