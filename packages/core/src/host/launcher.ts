import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import type { Answer, Order } from "./launcher-main.ts";
import type { Exit } from "./program.ts";

const MAIN = fileURLToPath(new URL("./launcher-main.ts", import.meta.url));
const NAME_BYTES = 16;
/** A socket's path holds 108 bytes (unix(7)), the end of ours included. */
const LONGEST_FOLDER = 70;
const PIPES = [0, 1, 2] as const;

export interface Launched {
  readonly pid: number;
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** After both outputs closed, so that nothing is still on its way. Never rejects. */
  readonly ended: Promise<Exit>;
}

interface Launching {
  /** Known once it was started. */
  pid?: number;
  readonly started: PromiseWithResolvers<number>;
  readonly exit: PromiseWithResolvers<Exit>;
}

const UNKNOWN: Exit = { code: null, signal: null };
let shared: Launcher | undefined;

/**
 * Starts a program of this machine, as the leader of its own process group and with exactly these variables.
 *
 * Node starts a program by fork(2), which copies the page tables of everything it has in memory and stands still meanwhile: 37 ms of a
 * process with 800 MB, as Cofre on its embedded database is. A small process starts it here, in 3 ms, and hands over its pipes.
 *
 * @throws Error with the system's `code` (ENOENT, EACCES, …) when it cannot be started
 */
export async function launch(
  argv: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Launched> {
  if (shared === undefined || shared.isGone) shared = new Launcher();
  return await shared.start(argv, env);
}

class Launcher {
  isGone = false;
  readonly #door: Server;
  readonly #address: string;
  readonly #helper: ChildProcess;
  /** By the name that a pipe says first. */
  readonly #awaited = new Map<string, (pipe: Socket) => void>();
  readonly #programs = new Map<number, Launching>();
  #count = 0;

  constructor() {
    // A folder for this user alone: whoever connects gets a program's words.
    const temporary = tmpdir().length > LONGEST_FOLDER ? "/tmp" : tmpdir();
    this.#address = join(mkdtempSync(join(temporary, "cofre-launcher-")), "door");
    this.#door = createServer({ allowHalfOpen: true }, (pipe) => this.#welcome(pipe));
    this.#door.once("error", () => this.#lost());
    this.#door.listen(this.#address).unref();
    // Without variables, or anybody who sees its environment would see the master key.
    this.#helper = spawn(process.execPath, [MAIN, this.#address], {
      env: {},
      detached: true,
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    this.#helper.on("message", (answer: Answer) => this.#heard(answer));
    this.#helper.once("error", () => this.#lost());
    this.#helper.once("exit", () => this.#lost());
    this.#helper.unref();
    this.#helper.channel?.unref();
  }

  async start(argv: readonly string[], env: Readonly<Record<string, string>>): Promise<Launched> {
    const id = this.#count++;
    const launching = { started: Promise.withResolvers<number>(), exit: Promise.withResolvers<Exit>() };
    // An idle launcher keeps no process alive; one with programs does.
    if (this.#programs.size === 0) this.#helper.channel?.ref();
    this.#programs.set(id, launching);
    const names = PIPES.map((pipe) => `${id}.${pipe}`.padEnd(NAME_BYTES));
    const arriving = names.map((name) => this.#await(name));
    const order: Order = { id, argv, env, names };
    this.#helper.send(order, (error) => error && this.#lost());
    try {
      const [pid, [stdin, stdout, stderr]] = await Promise.all([
        launching.started.promise,
        Promise.all(arriving),
      ]);
      if (!stdin || !stdout || !stderr) throw new Error("a program has no pipes");
      return { pid, stdin, stdout, stderr, ended: endOf(launching, { stdin, stdout, stderr }) };
    } catch (error) {
      for (const name of names) this.#awaited.delete(name);
      for (const pipe of arriving) void pipe.then((arrived) => arrived.destroy());
      this.#forget(id);
      throw error;
    }
  }

  #await(name: string): Promise<Socket> {
    const { promise, resolve } = Promise.withResolvers<Socket>();
    this.#awaited.set(name, resolve);
    return promise;
  }

  #welcome(pipe: Socket): void {
    pipe.on("error", () => undefined);
    const listen = () => {
      const name = pipe.read(NAME_BYTES);
      if (name === null) return void pipe.once("readable", listen);
      const hand = this.#awaited.get(String(name));
      this.#awaited.delete(String(name));
      if (hand === undefined) pipe.destroy();
      else hand(pipe);
    };
    listen();
  }

  #heard(answer: Answer): void {
    const launching = this.#programs.get(answer.id);
    if (launching === undefined) return;
    if ("pid" in answer) {
      launching.pid = answer.pid;
      launching.started.resolve(answer.pid);
    } else if ("error" in answer)
      launching.started.reject(Object.assign(new Error("not started"), { code: answer.error }));
    else {
      launching.exit.resolve({ code: answer.code, signal: answer.signal });
      this.#forget(answer.id);
    }
  }

  #forget(id: number): void {
    this.#programs.delete(id);
    if (this.#programs.size === 0) this.#helper.channel?.unref();
  }

  /** The helper is gone, or there is no door to it, and how its programs end cannot be known: killed, none takes the end of its input for peace. */
  #lost(): void {
    if (this.isGone) return;
    this.isGone = true;
    this.#door.close();
    // It ends with its channel, where it is still there; killed, it left its folder behind.
    if (this.#helper.connected) this.#helper.disconnect();
    rmSync(dirname(this.#address), { recursive: true, force: true });
    for (const [id, { pid, started, exit }] of this.#programs) {
      if (pid !== undefined) killGroup(pid);
      started.reject(Object.assign(new Error("the launcher is gone"), { code: "EPIPE" }));
      exit.resolve(UNKNOWN);
      this.#forget(id);
    }
  }
}

interface Pipes {
  readonly stdin: Socket;
  readonly stdout: Socket;
  readonly stderr: Socket;
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It had ended.
  }
}

async function endOf({ exit }: Launching, { stdin, stdout, stderr }: Pipes): Promise<Exit> {
  const outputs = [stdout, stderr];
  // Nothing is ever said to an output; what is half open would never close.
  for (const output of outputs) output.end();
  const closed = outputs.map(closeOf);
  const how = await exit.promise;
  stdin.destroy();
  // Once whoever asked for it had the time to listen: what nobody reads must not keep it from its end.
  setImmediate(() => {
    for (const output of outputs) output.resume();
  });
  await Promise.all(closed);
  return how;
}

function closeOf(pipe: Socket): Promise<void> {
  return new Promise((resolve) => {
    if (pipe.closed) resolve();
    else pipe.once("close", () => resolve());
  });
}
