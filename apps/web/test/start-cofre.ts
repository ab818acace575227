import { execFileSync, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { placeMigratedDatabase } from "@cofre/sdk/testing";

const REPOSITORY = join(import.meta.dirname, "../../..");
const START_MS = 120_000;

/** A whole Cofre of one test: its own process, port, data directory and first start. */
export interface StartedCofre extends AsyncDisposable {
  readonly address: string;
  /** Printed once, for the first page. */
  readonly setupCode: string;
}

/** Builds the panel when its sources changed, then starts the API as `npx -y pnpm@12 start` does. */
export async function startCofre(): Promise<StartedCofre> {
  execFileSync("sh", ["scripts/build-panel.sh"], { cwd: REPOSITORY, stdio: "pipe" });
  const dataDir = await mkdtemp(join(tmpdir(), "cofre-panel-"));
  await placeMigratedDatabase(dataDir);
  const child = spawn(process.execPath, ["apps/api/src/main.ts"], {
    cwd: REPOSITORY,
    env: {
      ...process.env,
      COFRE_HOST: "127.0.0.1",
      COFRE_PORT: "0",
      COFRE_DATA_DIR: dataDir,
      COFRE_LOG_LEVEL: "warn",
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const stop = async () => {
    child.kill("SIGTERM");
    await ended;
    await rm(dataDir, { recursive: true, force: true });
  };
  try {
    return { ...(await greeting(child)), [Symbol.asyncDispose]: stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function greeting(child: ReturnType<typeof spawn>): Promise<Pick<StartedCofre, "address" | "setupCode">> {
  const said: string[] = [];
  const { stdout, stderr } = child;
  if (stdout === null || stderr === null) throw new Error("the API has no output to read");
  stderr.on("data", (bytes: Buffer) => said.push(bytes.toString()));
  return new Promise((resolve, reject) => {
    const fail = (why: string) => reject(new Error(`${why}:\n${said.join("\n")}`));
    const timer = setTimeout(() => fail("the API did not greet in time"), START_MS);
    child.once("exit", (code) => fail(`the API ended with ${code}`));
    const found: { address?: string | undefined; setupCode?: string | undefined } = {};
    createInterface({ input: stdout }).on("line", (line) => {
      said.push(line);
      found.address ??= /^ {2}address\s+(\S+)/.exec(line)?.[1];
      found.setupCode ??= /code: (\S+)/.exec(line)?.[1];
      const { address, setupCode } = found;
      if (address === undefined || setupCode === undefined) return;
      clearTimeout(timer);
      resolve({ address, setupCode });
    });
  });
}
