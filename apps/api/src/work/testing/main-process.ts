import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { newApiKey } from "../../auth/api-key.ts";
import { type Client, clientOf } from "./client.ts";

const PROGRAMS = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
const MAIN = join(import.meta.dirname, "../../main.ts");

export interface MainOptions {
  readonly dataDir: string;
  readonly masterKey: string;
  readonly apiKey?: string;
  readonly databaseUrl?: string;
  /** Sets it up by environment, as a deploy manager does. */
  readonly adminPassword?: string;
}

/** Cofre as a process of its own, as it runs at a customer's; it can be killed and started again. */
export interface MainProcess extends AsyncDisposable {
  readonly client: Client;
  /** What every one of its lives wrote. */
  readonly written: () => string;
  start(): Promise<void>;
  /** At once, without a word: SIGKILL. */
  kill(): Promise<void>;
  /** As a service manager would stop it; resolves with the milliseconds that it took. */
  stop(): Promise<number>;
}

export function mainProcess(options: MainOptions): MainProcess {
  const apiKey = options.apiKey ?? newApiKey();
  const written: string[] = [];
  let child: ChildProcess | undefined;
  let url = "";

  async function start(): Promise<void> {
    const started = spawn(process.execPath, [MAIN], {
      env: environmentOf(options, apiKey),
      stdio: ["ignore", "pipe", "pipe"],
    });
    child = started;
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    let said = "";
    started.stdout?.on("data", (chunk: Buffer) => {
      written.push(chunk.toString());
      said += chunk.toString();
      const address = /address\s+(http\S+)/.exec(said)?.[1];
      if (address !== undefined) resolve(address);
    });
    started.stderr?.on("data", (chunk: Buffer) => written.push(chunk.toString()));
    started.once("exit", (code) =>
      reject(new Error(`it ended with ${code}: ${written.slice(-20).join("")}`)),
    );
    url = await promise;
  }

  async function end(signal: "SIGKILL" | "SIGTERM"): Promise<void> {
    const ending = child;
    child = undefined;
    if (ending === undefined || ending.exitCode !== null) return;
    const over = once(ending, "exit");
    ending.kill(signal);
    await over;
  }

  return {
    client: clientOf((path, init) => fetch(url + path, init), apiKey),
    written: () => written.join(""),
    start,
    kill: () => end("SIGKILL"),
    async stop() {
      const began = Date.now();
      await end("SIGTERM");
      return Date.now() - began;
    },
    [Symbol.asyncDispose]: () => end("SIGKILL"),
  };
}

function environmentOf({ dataDir, masterKey, databaseUrl, adminPassword }: MainOptions, apiKey: string) {
  return {
    PATH: PROGRAMS,
    NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
    HOME: dataDir,
    COFRE_DATA_DIR: dataDir,
    COFRE_MASTER_KEY: masterKey,
    COFRE_API_KEY: apiKey,
    COFRE_PORT: "0",
    COFRE_LOG_LEVEL: "debug",
    ...(databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl }),
    ...(adminPassword === undefined
      ? {}
      : { COFRE_ADMIN_EMAIL: "owner@example.org", COFRE_ADMIN_PASSWORD: adminPassword }),
  };
}
