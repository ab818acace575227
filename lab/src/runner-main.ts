import { spawn } from "node:child_process";
import { buffer } from "node:stream/consumers";

// The process that `runner.ts` runs programs in. It keeps next to nothing in memory, so that fork(2) is cheap here.

/** One program to be run to its end. */
export interface Order {
  readonly id: number;
  readonly program: string;
  readonly words: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly stdin: Uint8Array;
}

export interface Answer {
  readonly id: number;
  /** Why it was not started. */
  readonly error?: string;
  readonly code: number | null;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
}

process.on("message", (order: Order) => void run(order));
process.on("disconnect", () => process.exit());
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => undefined);

async function run({ id, program, words, env, stdin }: Order): Promise<void> {
  const child = spawn(program, words, { env, stdio: ["pipe", "pipe", "pipe"] });
  // How it ended is told by its exit code, not by an input that it did not read.
  child.stdin.on("error", () => undefined).end(stdin);
  const failed = new Promise<string>((resolve) => child.once("error", (error) => resolve(error.message)));
  const code = new Promise<number | null>((resolve) => child.once("close", resolve));
  const done = Promise.all([code, buffer(child.stdout), buffer(child.stderr)]);
  const how = await Promise.race([done, failed]);
  const empty = Buffer.alloc(0);
  if (typeof how === "string") answer({ id, error: how, code: null, stdout: empty, stderr: empty });
  else answer({ id, code: how[0], stdout: how[1], stderr: how[2] });
}

function answer(said: Answer): void {
  process.send?.(said);
}
