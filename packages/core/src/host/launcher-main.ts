import { spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { dirname } from "node:path";

// The process that `launcher.ts` starts programs through. It keeps next to nothing in memory, so that fork(2) is cheap here.

/** One program to be started. */
export interface Order {
  readonly id: number;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** What to say first on each of its three pipes, so that the door knows whose it is. */
  readonly names: readonly string[];
}

export type Answer =
  | { readonly id: number; readonly pid: number }
  /** It was not started. */
  | { readonly id: number; readonly error: string }
  | { readonly id: number; readonly code: number | null; readonly signal: string | null };

const door = process.argv[2] ?? "";

process.on("message", (order: Order) => void obey(order));
// Told by whoever started us alone: a terminal or a service manager tells everybody to end, and programs are stopped in order first.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => undefined);
process.on("disconnect", () => {
  rmSync(dirname(door), { recursive: true, force: true });
  process.exit();
});

async function obey(order: Order): Promise<void> {
  const { id } = order;
  const pipes: Socket[] = [];
  try {
    for (const name of order.names) pipes.push(pipeTo(name));
    await Promise.all(pipes.map((pipe) => once(pipe, "connect")));
    start(order, pipes);
  } catch (error) {
    answer({ id, error: codeOf(error) });
  }
  // The program has its own by now.
  for (const pipe of pipes) pipe.destroy();
}

/** Nothing is read from it here: what comes is the program's. */
function pipeTo(name: string): Socket {
  const pipe = connect(door);
  pipe.pause();
  pipe.on("error", () => undefined);
  pipe.write(name);
  return pipe;
}

function start({ id, argv: [program = "", ...words], env }: Order, pipes: readonly Socket[]): void {
  // Detached makes it the leader of a process group, so that its children can be stopped with it.
  const child = spawn(program, words, { env, detached: true, stdio: [...pipes] });
  child.once("spawn", () => answer({ id, pid: child.pid ?? 0 }));
  child.once("error", (error) => answer({ id, error: codeOf(error) }));
  child.once("exit", (code, signal) => answer({ id, code, signal }));
}

function answer(said: Answer): void {
  process.send?.(said);
}

/** The code alone: Node's words repeat what they refuse, which may be secret. */
function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "unknown";
}
