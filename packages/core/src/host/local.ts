import { homedir, userInfo } from "node:os";
import { Fault } from "../model/fault.ts";
import { dialFrom } from "./dial.ts";
import { markOf, plainVariables, USUAL_PATH } from "./environment.ts";
import type { Command, Server } from "./host.ts";
import { type Launched, launch as launchProgram } from "./launcher.ts";
import { abortFault, type Program, type Start, type Stop, toolMissing, within } from "./program.ts";
import { createServer } from "./server.ts";

const PATIENCE_MS = 2000;
const LAST_WAIT_MS = 3000;

/**
 * This machine. Programs see a small environment of their own, never the caller's: it may hold the master key.
 * `environment` adds to it or replaces parts of it (PATH, DOCKER_HOST).
 */
export function createLocalServer(
  name = "this machine",
  environment: Readonly<Record<string, string>> = {},
): Server {
  const running = new Set<Program>();
  const dialled = dialFrom(name);
  const launch = async (command: Command, start: Start): Promise<Program> => {
    const program = await spawnProgram(
      { name, environment: { ...ownEnvironment(), ...environment } },
      command,
      start,
    );
    running.add(program);
    void program.ended.then(() => running.delete(program));
    return program;
  };
  const close = async () => {
    dialled.close();
    await Promise.all(Array.from(running, (program) => program.stop("gently")));
  };
  return createServer({ name, launch, dial: dialled.dial, close });
}

function ownEnvironment(): Record<string, string> {
  return { PATH: USUAL_PATH, HOME: homedir(), USER: userInfo().username, LANG: "C.UTF-8" };
}

interface Ground {
  readonly name: string;
  readonly environment: Readonly<Record<string, string>>;
}

async function spawnProgram(ground: Ground, command: Command, start: Start): Promise<Program> {
  if (start.signal?.aborted) throw abortFault(start.signal);
  const launched = await launchProgram(command.argv, variablesOf(ground, command, start)).catch(
    (error: unknown) => {
      throw startFault(ground, command, error);
    },
  );
  const { stdin, stdout, stderr, ended } = launched;
  if (!start.feed) stdin.end();
  return { stdin, stdout, stderr, ended, stop: (how) => stopGroup(launched, how) };
}

function variablesOf(ground: Ground, command: Command, start: Start): Record<string, string> {
  const env: Record<string, string> = {
    ...ground.environment,
    ...plainVariables(command, { tag: start.tag, mark: markOf(command) }),
  };
  for (const [name, secret] of Object.entries(command.secrets ?? {})) env[name] = secret.reveal();
  return env;
}

function startFault(ground: Ground, command: Command, error: unknown): unknown {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  const call = { where: ground.name, command, failure: "bug" } as const;
  if (code === "ENOENT") return toolMissing(call, error);
  if (code === "EACCES" || code === "EPERM") {
    return new Fault("server.permission", `this user may not run ${command.argv[0]} on ${ground.name}`, {
      cause: error,
    });
  }
  // The error of Node repeats the words it refuses, which may be secret: it is not kept.
  if (code === "ERR_INVALID_ARG_VALUE")
    return new Fault("input.invalid", "a word for a program contains a NUL byte");
  return new Fault("bug", `a program could not be started on ${ground.name}`, {
    context: { error: String(code) },
  });
}

async function stopGroup({ pid, stdout, stderr, ended }: Launched, how: Stop): Promise<void> {
  // A pipe that nobody reads never closes, and without that the program never counts as ended.
  stdout.resume();
  stderr.resume();
  if (!isGroupAlive(pid)) return;
  if (how === "gently") {
    signalGroup(pid, "SIGTERM");
    if (await within(PATIENCE_MS, ended)) return;
  }
  signalGroup(pid, "SIGKILL");
  await within(LAST_WAIT_MS, ended);
}

function isGroupAlive(pid: number): boolean {
  return signalGroup(pid, 0);
}

/** False when the group is gone. */
function signalGroup(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-pid, signal);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    return code !== "ESRCH";
  }
}
