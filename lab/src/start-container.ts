import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import type { CommandResult } from "./docker.ts";
import { docker, tryDocker } from "./docker.ts";
import { type ExecOptions, execIn } from "./enter.ts";
import { readLab } from "./read-lab.ts";

export interface StartOptions {
  readonly image: string;
  /** Begins the container's name; the rest is random. */
  readonly name?: string | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly cmd?: readonly string[] | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /** The lab's own network unless told otherwise. */
  readonly network?: string | undefined;
  /** As `docker run -v` takes them. */
  readonly volumes?: readonly string[] | undefined;
  /** Paths kept in memory, as `docker run --tmpfs` takes them. */
  readonly tmpfs?: readonly string[] | undefined;
  /** A port of the container to reach from this machine, on a random port of 127.0.0.1. */
  readonly port?: number | undefined;
  readonly health?: { readonly command: string; readonly intervalMs?: number } | undefined;
  /** More words for `docker run`, before the image. */
  readonly options?: readonly string[] | undefined;
}

/** A container of one test: it and its data are gone when it is disposed of, or when the process ends. */
export interface ThrowawayContainer extends AsyncDisposable {
  readonly name: string;
  readonly id: string;
  readonly ip: string;
  readonly host: "127.0.0.1";
  /** Where `port` of the options is reached on `host`; 0 when none was asked for. */
  readonly port: number;
  exec(argv: readonly string[], options?: ExecOptions): Promise<CommandResult>;
  logs(): Promise<string>;
  stop(): Promise<void>;
  /** At once, without a word: SIGKILL. */
  kill(): Promise<void>;
  /** Starts it again after `stop` or `kill`; its address may have changed, so it is returned. */
  start(): Promise<{ readonly ip: string; readonly port: number }>;
}

const LABEL = "cofre.lab";
const alive = new Set<string>();
let isSweeping = false;

/** Starts a container of the lab; it runs, and what is in it may not be ready yet. */
export async function startContainer(options: StartOptions): Promise<ThrowawayContainer> {
  sweepOnExit();
  const name = `${options.name ?? "lab"}-${randomBytes(5).toString("hex")}`;
  alive.add(name);
  const id = await docker(["run", "-d", "--name", name, ...runWords(options)], { env: options.env });
  const address = await addressOf(id, options);
  return {
    name,
    id,
    host: "127.0.0.1",
    ...address,
    exec: (argv, exec) => execIn(id, argv, exec),
    logs: async () => {
      const { stdout, stderr } = await tryDocker(["logs", id]);
      return stdout.toString() + stderr;
    },
    stop: async () => void (await docker(["stop", "-t", "5", id])),
    kill: async () => void (await docker(["kill", id])),
    start: async () => {
      await docker(["start", id]);
      return addressOf(id, options);
    },
    [Symbol.asyncDispose]: async () => {
      await docker(["rm", "-fv", name]);
      alive.delete(name);
    },
  };
}

function runWords(options: StartOptions): string[] {
  const each = (flag: string, values: Iterable<string> | undefined) =>
    [...(values ?? [])].flatMap((v) => [flag, v]);
  const labels = { ...options.labels, [LABEL]: "throwaway", [`${LABEL}.owner`]: owner() };
  return [
    ...["--network", options.network ?? readLab().network],
    ...each(
      "--label",
      Object.entries(labels).map(([key, value]) => `${key}=${value}`),
    ),
    ...each("-e", Object.keys(options.env ?? {})),
    ...each("-v", options.volumes),
    ...each("--tmpfs", options.tmpfs),
    ...each("-p", options.port === undefined ? [] : [`127.0.0.1::${options.port}`]),
    ...healthWords(options.health),
    ...(options.options ?? []),
    options.image,
    ...(options.cmd ?? []),
  ];
}

function healthWords(health: StartOptions["health"]): string[] {
  if (health === undefined) return [];
  return ["--health-cmd", health.command, "--health-interval", `${health.intervalMs ?? 1000}ms`];
}

async function addressOf(id: string, options: StartOptions): Promise<{ ip: string; port: number }> {
  const ports = `{{range $_, $at := .NetworkSettings.Ports}}{{range $at}}{{.HostPort}}{{end}}{{end}}`;
  const format = `{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}|${ports}`;
  const [ips = "", port = ""] = (await docker(["inspect", "-f", format, id])).split("|");
  return { ip: ips.trim().split(" ")[0] ?? "", port: options.port === undefined ? 0 : Number(port) };
}

/** Who a container belongs to, in the form that `lab.sh up` checks: process id and the moment it started. */
function owner(): string {
  try {
    return `${process.pid}:${readFileSync("/proc/self/stat", "utf8").split(" ")[21]}`;
  } catch {
    return `${process.pid}:`; // no /proc: `lab.sh up` then leaves sweeping to this process
  }
}

function sweepOnExit(): void {
  if (isSweeping) return;
  isSweeping = true;
  const [program = "docker", ...words] = readLab().docker;
  process.on("exit", () => {
    if (alive.size > 0) spawnSync(program, [...words, "rm", "-fv", ...alive], { stdio: "ignore" });
  });
}
