import { Fault, isFault } from "../model/fault.ts";
import type { Command, Ran } from "./host.ts";
import { type Call, failed, programName, toolMissing } from "./program.ts";

/** How a program inside a container ended, as the container engine's client told it. */
export interface BoxEnd {
  readonly code: number;
  readonly stderr: string;
}

/** What is asked when the client's exit code can mean two things. */
export interface Probe {
  /** Runs a small program in the same container as the same user. */
  readonly run: (argv: readonly [string, ...string[]]) => Promise<Ran>;
}

/** Words of docker's and podman's clients about themselves, at the start of a line. */
const CLIENT_WORDS: readonly { readonly words: RegExp; readonly fault: (where: string) => Fault }[] = [
  {
    words:
      /^Error.*(No such container|no such container|is not running|is restarting|container state improper|no container with)/m,
    fault: (where) =>
      new Fault("target.missing", `${where} does not run`, {
        hint: "Start the container, or scan the server again if it was replaced by a new one.",
      }),
  },
  {
    words: /^Error.*is paused/m,
    fault: (where) =>
      new Fault("target.unreachable", `${where} is paused`, { hint: "Unpause the container and try again." }),
  },
  {
    words:
      /^(Error.*)?(Cannot connect to the Docker daemon|.*error during connect|.*Is the docker daemon running)/m,
    fault: (where) =>
      new Fault("server.no-docker", `the container engine that runs ${where} does not answer`, {
        hint: "Start the container engine on the server (systemctl start docker).",
      }),
  },
  {
    words: /^(Got )?permission denied while trying to connect to the Docker/m,
    fault: (where) =>
      new Fault("server.permission", `this user may not use the container engine that runs ${where}`, {
        hint: "Add the user to the group docker, or allow it sudo without a password.",
      }),
  },
  {
    words: /^sudo: /m,
    fault: (where) =>
      new Fault("server.permission", `sudo refused to run the container engine's client for ${where}`, {
        hint: "Allow the user `NOPASSWD:SETENV:` for the docker program in /etc/sudoers.d.",
      }),
  },
];

/** The client's own troubles by its words; undefined when the words are not the client's. */
export function clientFault(where: string, end: BoxEnd): Fault | undefined {
  if (end.code === 0) return undefined;
  return CLIENT_WORDS.find(({ words }) => words.test(end.stderr))?.fault(where);
}

/** Throws when the end of a program inside is not its own exit: client in trouble, program missing or killed. */
export async function refuseUnknownEnd(call: Call, end: BoxEnd, probe: Probe): Promise<void> {
  const trouble = clientFault(call.where, end);
  if (trouble) throw trouble;
  if (end.code === 126 || end.code === 127) await refuseMissing(call, probe);
  const signal = KILLED[end.code];
  if (signal === undefined) return;
  await refuseGone(call, probe);
  throw failed(call, `was killed by ${signal}`, { exit: { code: end.code, signal }, stderr: end.stderr });
}

/** 128 + number: how a client tells that the program inside was killed. Others above 128 are exit codes of programs. */
const KILLED: Readonly<Record<number, string>> = {
  129: "SIGHUP",
  130: "SIGINT",
  131: "SIGQUIT",
  134: "SIGABRT",
  135: "SIGBUS",
  136: "SIGFPE",
  137: "SIGKILL",
  139: "SIGSEGV",
  141: "SIGPIPE",
  143: "SIGTERM",
};

/** 126 and 127 are the engine's for a program that it cannot start, and any program's own. */
async function refuseMissing(call: Call, probe: Probe): Promise<void> {
  const found = await probe.run(["sh", "-c", 'command -v "$1"', "sh", call.command.argv[0]]);
  const said = `${found.stdout}${found.stderr}`;
  if (/unable to find user|no matching entries in passwd/.test(said)) {
    throw new Fault("target.unsuitable", `${call.where} has no such user`, {
      context: { said: said.slice(0, 200) },
    });
  }
  if (found.code !== 0) throw toolMissing(call);
}

/** A killed program and a stopped container look alike. */
async function refuseGone(call: Call, probe: Probe): Promise<void> {
  const ran = await probe.run(["true"]);
  const trouble = clientFault(call.where, ran);
  if (trouble) throw trouble;
}

/** A fault of the client's exit in the words of the program inside. Everything else stays as it is. */
export async function insideFault(call: Call, error: unknown, probe: Probe): Promise<Error> {
  if (!isFault(error)) return error instanceof Error ? error : new Error(String(error));
  const { code, stderr, signal } = error.context;
  if (typeof code !== "number" || typeof stderr !== "string" || signal !== undefined) return error;
  try {
    await refuseUnknownEnd(call, { code, stderr }, probe);
  } catch (known) {
    if (known instanceof Error) return known;
  }
  const how = code === 0 ? "ended before it had read all its input" : `exited with ${code}`;
  return failed(call, how, { exit: { code, signal: null }, stderr });
}

/** The client told success, but the program is still there: the client was killed and lied. */
export function liedFault(call: Call): Fault {
  return new Fault(
    call.failure,
    `${programName(call.command)} on ${call.where} was cut off from its client`,
    {
      hint: "Something on the server ended the container engine's client; try again.",
      context: { program: programName(call.command) },
    },
  );
}

export function callOf(where: string, command: Command, failure: Call["failure"]): Call {
  return { where, command, failure };
}
