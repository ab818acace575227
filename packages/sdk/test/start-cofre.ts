import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes, randomInt } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { placeMigratedDatabase } from "@cofre/api/testing";
import { type Cofre, createCofre } from "../src/index.ts";

const MAIN = fileURLToPath(new URL("../../../apps/api/src/main.ts", import.meta.url));

/** A real Cofre of one test: a process of its own, with its own data. */
export interface StartedCofre extends AsyncDisposable {
  readonly url: string;
  readonly apiKey: string;
  readonly cofre: Cofre;
  /** Everything that it printed. */
  printed(): string;
  /** Ends it without a chance to say anything. */
  kill(): Promise<void>;
  /** Starts it again where it was, on the same data. */
  start(): Promise<void>;
}

export async function startCofre(): Promise<StartedCofre> {
  const dataDir = await mkdtemp(join(tmpdir(), "cofre-process-"));
  await placeMigratedDatabase(dataDir);
  const apiKey = `cofre_${randomBytes(24).toString("hex")}`;
  const secrets = { COFRE_API_KEY: apiKey, COFRE_MASTER_KEY: randomBytes(32).toString("hex") };
  const { PATH, NODE_COMPILE_CACHE } = process.env;
  const env = { PATH, NODE_COMPILE_CACHE, HOME: dataDir, COFRE_DATA_DIR: dataDir, ...secrets };
  const printed: string[] = [];
  const port = await lastingPort();
  let running = await run({ ...env, COFRE_PORT: port }, printed);
  const { url } = running;
  const cofre = createCofre({ url, apiKey });
  await forgetThisMachine(cofre);
  const kill = async () => await ended(running.child, "SIGKILL");
  return {
    url,
    apiKey,
    cofre,
    printed: () => printed.join(""),
    kill,
    start: async () => {
      running = await run({ ...env, COFRE_PORT: port }, printed);
    },
    [Symbol.asyncDispose]: async () => {
      await ended(running.child, "SIGTERM");
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** A free port that no outgoing connection takes while Cofre is down: those get theirs from 32768 up (ip_local_port_range). */
async function lastingPort(): Promise<string> {
  for (;;) {
    const port = randomInt(12_000, 25_000);
    const probe = createServer().listen(port, "127.0.0.1");
    const isFree = await once(probe, "listening").then(
      () => true,
      () => false,
    );
    probe.close();
    if (isFree) return String(port);
  }
}

interface Running {
  readonly child: ChildProcess;
  readonly url: string;
}

async function run(env: NodeJS.ProcessEnv, printed: string[]): Promise<Running> {
  const child = spawn(process.execPath, [MAIN], { env, stdio: ["ignore", "pipe", "pipe"] });
  // Never outlives the test that started it.
  process.once("exit", () => child.kill("SIGKILL"));
  child.stderr.setEncoding("utf8").on("data", (text: string) => printed.push(text));
  const greeted = Promise.withResolvers<string>();
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    printed.push(text);
    const [, address] = /address\s+(\S+)\n/.exec(printed.join("").split("Cofre ").at(-1) ?? "") ?? [];
    if (address !== undefined) greeted.resolve(address);
  });
  child.once("exit", (code) =>
    greeted.reject(new Error(`Cofre ended with ${code} before it was up:\n${printed.join("")}`)),
  );
  return { child, url: await greeted.promise };
}

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill(signal);
  const late = setTimeout(() => child.kill("SIGKILL"), 20_000);
  await gone;
  clearTimeout(late);
}

/** Whatever else runs on this machine is not the test's to look at. */
async function forgetThisMachine(cofre: Cofre): Promise<void> {
  const { items } = await cofre.servers.list.query({});
  for (const { id } of items) await cofre.servers.remove.mutate({ id });
}
