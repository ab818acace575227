import { readLab } from "./read-lab.ts";
import { runSmall } from "./runner.ts";

export interface CommandResult {
  readonly code: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

export interface DockerOptions {
  readonly stdin?: string | Uint8Array | undefined;
  /** Variables of the docker client: values reach a container by name (`-e NAME`), never by argument. */
  readonly env?: Readonly<Record<string, string>> | undefined;
}

interface RunOptions extends Pick<DockerOptions, "stdin"> {
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
  { stdin, env }: RunOptions,
): Promise<CommandResult> {
  const input = typeof stdin === "string" ? Buffer.from(stdin) : (stdin ?? Buffer.alloc(0));
  const { code, stdout, stderr } = await runSmall({ program, words, env, stdin: input });
  return { code, stdout: Buffer.from(stdout), stderr: Buffer.from(stderr).toString() };
}

/** Runs the docker client and returns what it printed; anything but success is an error. */
export async function docker(argv: readonly string[], options: DockerOptions = {}): Promise<string> {
  const result = await tryDocker(argv, options);
  if (result.code === 0) return result.stdout.toString().trim();
  throw new Error(`docker ${argv[0]} ended with ${result.code}: ${result.stderr.trim()}`);
}
