import { createHash, randomBytes } from "node:crypto";
import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { createLocalServer } from "../host/local.ts";
import { Secret } from "../model/secret.ts";
import { type ToyTarget, toyEngine } from "../testing/toy-engine.ts";
import { describeEngine } from "./conformance/describe-engine.ts";
import type { Specimen } from "./conformance/specimen.ts";
import { engineById, engines, registered } from "./registry.ts";

const UNITS = ["plain note", `it's "a" $(note) 😀`];

describe("the cost of a new engine", () => {
  test("is one file and one registration", () => {
    expect(registered([...engines, toyEngine]).at(-1)?.id).toBe("toy");
  });

  test("an id that is taken is refused at once, and one that nobody has by name", () => {
    expect(() => registered([...engines, { ...toyEngine, id: "postgres" }])).toThrow(
      /two engines are called postgres/,
    );
    expect(() => engineById("toy")).toThrow(/no engine called toy/);
    expect(engineById("postgres").label).toBe("PostgreSQL");
  });
});

describeEngine(toyEngine, startToy);

async function startToy(): Promise<Specimen<ToyTarget>> {
  const home = await mkdtemp(join(tmpdir(), "cofre-toy-"));
  const folder = join(home, "notes");
  const journals = join(home, "journals");
  const server = createLocalServer();
  const path = (unit: string): string => join(folder, unit);
  const empty = async (): Promise<void> => {
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
  };
  await empty();
  return {
    journals,
    secrets: [new Secret("nobody knows it")],
    units: UNITS,
    reach: ({ tag = randomBytes(16).toString("hex"), signal = new AbortController().signal } = {}) => ({
      ...{ host: server, server, tag, signal },
      target: { folder },
    }),
    empty,
    fill: async () => {
      for (const unit of UNITS)
        await writeFile(path(unit), `${unit}\nnul \0 and emoji 😀\n${"line\n".repeat(100)}`);
    },
    grow: (bytes) => appendFile(path("plain note"), Buffer.alloc(bytes, "0123456789abcdef\n")),
    change: async () => {
      for (const unit of UNITS) await appendFile(path(unit), "changed since");
    },
    fingerprint: (units) => digestOf(units.map(path)),
    leftovers: async (tag) => [
      ...(await readdir(folder)).filter((name) => name === `.stage-${tag}`),
      ...(await tagged(tag)).map(({ words }) => words),
    ],
    breakDump: killCats,
    [Symbol.asyncDispose]: async () => {
      await server[Symbol.asyncDispose]();
      await rm(home, { recursive: true, force: true });
    },
  };
}

async function digestOf(paths: readonly string[]): Promise<string> {
  const hash = createHash("sha256");
  for (const path of paths) hash.update(await readFile(path)).update("\0");
  return hash.digest("hex");
}

/** The first bytes are those of the header, which is out a moment before its shell has begun the cat. */
async function killCats(tag: string): Promise<void> {
  const begun = async () => {
    const found = (await tagged(tag)).filter(({ words }) => words.startsWith("cat"));
    if (found.length === 0) throw new Error("there was no cat to kill");
    return found;
  };
  const cats = await vi.waitFor(begun, { timeout: 10_000 });
  for (const { pid } of cats) process.kill(pid, "SIGKILL");
}

/** Programs that carry a job's tag in their environment. */
async function tagged(tag: string): Promise<{ pid: number; words: string }[]> {
  const found: { pid: number; words: string }[] = [];
  for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
    const environ = await readFile(`/proc/${pid}/environ`, "latin1").catch(() => "");
    if (!environ.includes(`COFRE_JOB=${tag}`)) continue;
    const words = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
    found.push({ pid: Number(pid), words: words.replaceAll("\0", " ") });
  }
  return found;
}
