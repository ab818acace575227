import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";

// The embedded database is made from nothing, on a machine that does other things too.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

const MAIN = join(import.meta.dirname, "main.ts");

interface Started {
  readonly program: ChildProcess;
  readonly printed: () => string;
  /** Resolves with the address once it was printed. */
  readonly address: Promise<string>;
}

function start(environment: Record<string, string>, words: readonly string[] = []): Started {
  const program = spawn(process.execPath, [MAIN, ...words], {
    env: {
      PATH: process.env.PATH,
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
      HOME: tmpdir(),
      COFRE_PORT: "0",
      COFRE_LOG_LEVEL: "error",
      ...environment,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let printed = "";
  const address = new Promise<string>((resolve, reject) => {
    const hear = (chunk: unknown) => {
      printed += String(chunk);
      const found = /address\s+(\S+)[\s\S]*process/.exec(printed);
      if (found?.[1] !== undefined) resolve(found[1]);
    };
    program.stdout?.on("data", hear);
    program.stderr?.on("data", hear);
    program.once("exit", (code) => reject(new Error(`it ended with ${code}: ${printed}`)));
  });
  address.catch(() => undefined);
  return { program, printed: () => printed, address };
}

describe("the program", () => {
  let dataDir: string;
  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), "cofre-main-"));
  });
  afterAll(() => rm(dataDir, { recursive: true, force: true }));

  test("starts from nothing, is set up with the code that it prints, and ends in peace", async () => {
    const { program, printed, address } = start({ COFRE_DATA_DIR: dataDir });
    const url = await address;
    const code = /code: (\S+)/.exec(printed())?.[1];
    expect(printed()).toContain(String(program.pid));
    expect(printed()).toContain(dataDir);
    const owner = { code, name: "Ana", email: "ana@example.com", password: "correct horse battery" };
    const answer = await fetch(`${url}/api/trpc/setup.complete`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(owner),
    });
    expect(answer.status).toBe(200);
    const cookie = answer.headers.getSetCookie()[0]?.split(";")[0] ?? "";
    const servers = await fetch(`${url}/api/servers`, { headers: { cookie } });
    expect(await servers.json()).toMatchObject({ items: [{ name: "this machine", kind: "local" }] });
    expect(await (await fetch(`${url}/api/ready`)).json()).toMatchObject({ status: "ready" });
    expect((await stat(join(dataDir, "master.key"))).mode & 0o777).toBe(0o600);

    const second = start({ COFRE_DATA_DIR: dataDir });
    await once(second.program, "exit");
    expect(second.printed()).toContain("another Cofre is running");
    expect(second.program.exitCode).toBe(1);

    // A stream that is open must not keep it from ending.
    const events = await fetch(`${url}/api/trpc/jobs.events?input=%7B%7D`, {
      headers: { cookie, accept: "text/event-stream" },
    });
    expect(events.status).toBe(200);
    const cut = events.text().catch(() => "cut");
    program.kill("SIGTERM");
    await once(program, "exit");
    expect(program.exitCode).toBe(0);
    await cut;
  });

  test("resets a password from the console, and shows it there alone", async () => {
    const { program, printed } = start({ COFRE_DATA_DIR: dataDir }, ["reset-password", "ana@example.com"]);
    await once(program, "exit");
    expect(program.exitCode, printed()).toBe(0);
    const password = /is (\S+)/.exec(printed())?.[1] ?? "";
    expect(password.length).toBeGreaterThan(12);
    const { program: again, address } = start({ COFRE_DATA_DIR: dataDir });
    const signIn = await fetch(`${await address}/api/trpc/session.signIn`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ email: "ana@example.com", password }),
    });
    expect(signIn.status).toBe(200);
    again.kill("SIGTERM");
    await once(again, "exit");
  });

  test("does not start with another master key than the one that sealed", async () => {
    const other = Buffer.alloc(32, 7).toString("base64");
    const { program, printed } = start({ COFRE_DATA_DIR: dataDir, COFRE_MASTER_KEY: other });
    await once(program, "exit");
    expect(program.exitCode).toBe(1);
    expect(printed()).toContain("is not the key that sealed");
  });

  test.each([
    [{ COFRE_PORT: "http" }, "COFRE_PORT must be a number"],
    [{ COFRE_TRUSTED_PROXIES: "proxy" }, "COFRE_TRUSTED_PROXIES"],
  ])("says which variable it cannot use: %o", async (environment, said) => {
    const { program, printed } = start({ COFRE_DATA_DIR: dataDir, ...environment });
    await once(program, "exit");
    expect(program.exitCode).toBe(1);
    expect(printed()).toContain(said);
    expect(printed()).not.toContain(" at ");
  });

  test("does not start beside another program on its port", async () => {
    const { createServer } = await import("node:net");
    const taken = createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    const address = taken.address();
    const port = typeof address === "object" && address !== null ? String(address.port) : "";
    const { program, printed } = start({ COFRE_DATA_DIR: dataDir, COFRE_PORT: port });
    await once(program, "exit");
    taken.close();
    expect(printed()).toContain("another program listens");
  });
});
