import { readFileSync } from "node:fs";
import { type CommandResult, type DockerOptions, docker, runProgram, tryDocker } from "./docker.ts";

export interface ExecOptions extends DockerOptions {
  readonly user?: string;
}

/** Where a container's first process runs on this machine, and what its programs start with. */
interface Door {
  readonly id: string;
  readonly pid: number;
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
}

const NSENTER = "/usr/bin/nsenter";
const doors = new Map<string, Door>();

/**
 * Runs a program in a container. Root of the machine that runs it enters its namespaces, for a twentieth of what the engine's exec
 * costs; whoever is not, or wants another user, asks the engine. For a test's own looks: the product always asks the engine.
 */
export async function execIn(
  container: string,
  argv: readonly string[],
  options: ExecOptions = {},
): Promise<CommandResult> {
  const door = options.user === undefined ? await doorOf(container) : undefined;
  if (door === undefined) return await tryDocker([...execWords(options), container, ...argv], options);
  return await runProgram([NSENTER, ...entering(door), ...argv], {
    ...options,
    env: { ...door.env, ...options.env },
  });
}

/** The words before those of a program that enter a running container, and what its programs start with; undefined where it cannot be entered. */
export async function wayInto(
  container: string,
): Promise<(Pick<Door, "env"> & { readonly argv: readonly [string, ...string[]] }) | undefined> {
  const door = await doorOf(container);
  if (door === undefined) return undefined;
  return { argv: [NSENTER, ...entering(door)], env: door.env };
}

function entering({ pid, folder }: Door): string[] {
  return ["--target", String(pid), "--all", `--wdns=${folder}`, "--"];
}

function execWords({ stdin, user, env = {} }: ExecOptions): string[] {
  const names = Object.keys(env).flatMap((name) => ["-e", name]);
  return [
    "exec",
    ...(stdin === undefined ? [] : ["-i"]),
    ...(user === undefined ? [] : ["-u", user]),
    ...names,
  ];
}

/** Undefined where it cannot be entered: not by root, not on this machine, not running, not as root inside. */
async function doorOf(container: string): Promise<Door | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const known = doors.get(container);
  if (known !== undefined && isOf(known.pid, known.id)) return known;
  doors.delete(container);
  const format = "{{.Id}} {{.State.Pid}} {{json .Config}}";
  const [, id = "", pid = "", config = ""] =
    /^(\S+) (\d+) (.*)$/s.exec(await docker(["inspect", "--type", "container", "-f", format, container])) ??
    [];
  if (!isOf(Number(pid), id)) return undefined;
  const described: Described = JSON.parse(config);
  if (!["", "0", "root"].includes(described.User)) return undefined;
  const folder = described.WorkingDir || "/";
  const door = { id, pid: Number(pid), folder, env: environment(described) };
  doors.set(container, door);
  return door;
}

/** A container's settings, as the engine describes them. */
interface Described {
  readonly Env: readonly string[];
  readonly Hostname: string;
  readonly User: string;
  readonly WorkingDir: string;
}

function environment({ Env, Hostname }: Described): Record<string, string> {
  const pairs = Env.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]);
  return { HOME: "/root", HOSTNAME: Hostname, ...Object.fromEntries(pairs) };
}

/** A process of that container: the number may be another's by now. */
function isOf(pid: number, id: string): boolean {
  if (pid === 0) return false;
  try {
    return readFileSync(`/proc/${pid}/cgroup`, "utf8").includes(id);
  } catch {
    return false;
  }
}
