import { spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { buffer, text } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { readLab } from "./read-lab.ts";

export interface CommandResult {
  readonly code: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

export interface DockerOptions {
  readonly stdin?: string | Uint8Array | Readable | undefined;
  /** Variables of the docker client: values reach a container by name (`-e NAME`), never by argument. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly signal?: AbortSignal | undefined;
}

interface RunOptions extends Pick<DockerOptions, "stdin" | "signal"> {
  readonly env: NodeJS.ProcessEnv;
}

/** Runs the docker client to its end and reports how it went, good or bad. */
export async function tryDocker(
  argv: readonly string[],
  options: DockerOptions = {},
): Promise<CommandResult> {
  const env = { ...process.env, ...options.env };
  return await runProgram([...readLab().docker, ...argv], { ...options, env });
}

/** Runs a program of this machine with exactly these variables. */
export async function runProgram(
  [program = "docker", ...words]: readonly string[],
  { stdin, env, signal }: RunOptions,
): Promise<CommandResult> {
  const child = spawn(program, words, { env, stdio: ["pipe", "pipe", "pipe"], signal });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  const fed = feed(child.stdin, stdin);
  const [code, stdout, stderr] = await Promise.all([ended, buffer(child.stdout), text(child.stderr), fed]);
  return { code, stdout, stderr };
}

/** Runs the docker client and returns what it printed; anything but success is an error. */
export async function docker(argv: readonly string[], options: DockerOptions = {}): Promise<string> {
  const result = await tryDocker(argv, options);
  if (result.code === 0) return result.stdout.toString().trim();
  throw new Error(`docker ${argv[0]} ended with ${result.code}: ${result.stderr.trim()}`);
}

/** A program that ends early closes its input; how it ended is told by its exit code, not by that. */
async function feed(sink: Writable, source: DockerOptions["stdin"]): Promise<void> {
  const input = typeof source === "string" || source instanceof Uint8Array ? [source] : (source ?? []);
  await pipeline(input, sink).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE" && error.code !== "ERR_STREAM_PREMATURE_CLOSE") throw error;
  });
}
