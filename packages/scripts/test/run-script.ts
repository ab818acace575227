import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningScript {
  readonly ended: Promise<Ended>;
  /** What it said so far. */
  stdout(): string;
  stderr(): string;
  signal(name: NodeJS.Signals): void;
}

export type ScriptName = "backup" | "restore" | "validate" | "backup-all-projects" | "cleanup-old-backups";

/** Starts a script as cron would: nothing of our environment but the path and what Node parsed before, and no terminal. */
export function startScript(
  name: ScriptName,
  words: readonly string[],
  env: Readonly<Record<string, string>>,
): RunningScript {
  const file = fileURLToPath(new URL(`../src/${name}.ts`, import.meta.url));
  return watch([process.execPath, file, ...words], env);
}

/** Starts a script on a terminal of its own, by util-linux' `script`; what it shows is in stdout. */
export function startOnTerminal(
  name: ScriptName,
  words: readonly string[],
  env: Readonly<Record<string, string>>,
): RunningScript {
  const file = fileURLToPath(new URL(`../src/${name}.ts`, import.meta.url));
  const line = [process.execPath, file, ...words].map((word) => `'${word}'`).join(" ");
  return watch(["script", "--quiet", "--return", "--command", line, "/dev/null"], env);
}

function watch(argv: readonly string[], env: Readonly<Record<string, string>>): RunningScript {
  const [program = "", ...words] = argv;
  const { PATH, NODE_COMPILE_CACHE } = process.env;
  const child = spawn(program, words, {
    env: { PATH, NODE_COMPILE_CACHE, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const { promise: ended, resolve, reject } = Promise.withResolvers<Ended>();
  child.on("error", reject);
  child.on("close", (code) => resolve({ code, stdout, stderr }));
  return { ended, stdout: () => stdout, stderr: () => stderr, signal: (name) => void child.kill(name) };
}
