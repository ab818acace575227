import { setTimeout as sleep } from "node:timers/promises";
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

const NO_SUCH_USER = /unable to find user|no matching entries in passwd/;

/** 126 and 127 are the engine's for a program that it cannot start, and any program's own. */
async function refuseMissing(call: Call, probe: Probe): Promise<void> {
  const found = await settled(call, probe, ["sh", "-c", 'command -v "$1"', "sh", call.command.argv[0]]);
  const said = wordsOf(found);
  if (NO_SUCH_USER.test(said)) {
    throw new Fault("target.unsuitable", `${call.where} has no such user`, {
      context: { said: said.slice(0, 200) },
    });
  }
  if (found.code !== 0) throw toolMissing(call);
}

/** A killed program and a stopped container look alike. */
async function refuseGone(call: Call, probe: Probe): Promise<void> {
  await settled(call, probe, ["true"]);
}

const ASK_AGAIN_MS = 200;
const ASKS = 15;

/**
 * The probe's end once the engine knows how the container is: while one stops, an exec fails in its runtime's own words (`cannot exec in
 * a stopped state`, 126, seen with Docker 20.10 and crun 1.8), and only a moment later in the engine's. Throws the client's troubles.
 */
async function settled(call: Call, probe: Probe, argv: readonly [string, ...string[]]): Promise<Ran> {
  for (let asks = 1; ; asks += 1) {
    const ran = await probe.run(argv);
    const trouble = clientFault(call.where, ran);
    if (trouble) throw trouble;
    if (asks === ASKS || !isBetween(ran)) return ran;
    await sleep(ASK_AGAIN_MS);
  }
}

function isBetween(ran: Ran): boolean {
  const said = wordsOf(ran);
  if (ran.code === 126) return !NO_SUCH_USER.test(said);
  return ran.code === 137 || (ran.code === 1 && said.startsWith("unable to upgrade to tcp"));
}

function wordsOf({ stdout, stderr }: Ran): string {
  return `${stdout}${stderr}`;
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
