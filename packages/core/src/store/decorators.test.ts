import { randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createLocalServer } from "../host/local.ts";
import { type FaultyStore, faultyStore, type Trouble } from "../testing/faulty-store.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { checkStore, type StoreCheck } from "./check.ts";
import { directoryStore } from "./directory.ts";
import { readOnly } from "./read-only.ts";
import { retrying } from "./retrying.ts";
import type { Store } from "./store.ts";

const CONTENT = randomBytes(300_000);
const QUICK = { attempts: 3, firstDelayMs: 1 };

let faulty: FaultyStore;
let real: Store;
let close: () => Promise<void>;

beforeAll(async () => {
  const server = createLocalServer();
  const folder = await temporaryFolder();
  real = directoryStore({ server, root: folder.path });
  faulty = faultyStore(real);
  await real.put("a/key", Readable.from([CONTENT]));
  close = async () => {
    await folder[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  };
});
beforeEach(() => faulty.heal());
afterAll(async () => await close());

describe("a store that tries again", () => {
  test("goes on reading from the byte it had reached, and gives each byte once", async () => {
    faulty.fail({ kind: "cut", afterBytes: 70_001 }, 2);
    expect((await buffer(retrying(faulty, QUICK).get("a/key"))).equals(CONTENT)).toBe(true);
  });

  test("goes on inside the range that was asked for", async () => {
    faulty.fail({ kind: "cut", afterBytes: 1_000 }, 2);
    const part = await buffer(retrying(faulty, QUICK).get("a/key", { range: { start: 50, end: 9_999 } }));
    expect(part.equals(CONTENT.subarray(50, 10_000))).toBe(true);
  });

  test("asks again for facts, a listing and a removal", async () => {
    const store = retrying(faulty, QUICK);
    faulty.fail({ kind: "refuse" }, 2);
    expect((await store.stat("a/key"))?.bytes).toBe(CONTENT.length);
    faulty.fail({ kind: "refuse" }, 1);
    expect(await keysIn(store)).toEqual(["a/key"]);
    faulty.fail({ kind: "refuse" }, 2);
    await store.remove("not/there");
    faulty.fail({ kind: "refuse" }, 2);
    expect((await store.space())?.totalBytes).toBeGreaterThan(0);
  });

  test("gives up after its attempts, with the store's own fault", async () => {
    faulty.fail({ kind: "refuse" });
    const refused = { code: "store.unavailable" };
    await expect(buffer(retrying(faulty, QUICK).get("a/key"))).rejects.toMatchObject(refused);
    await expect(retrying(faulty, QUICK).stat("a/key")).rejects.toMatchObject(refused);
  });

  test("does not try again what another try cannot change, and never repeats a put", async () => {
    const store = retrying(faulty, { attempts: 5, firstDelayMs: 60_000 });
    await expect(buffer(store.get("not/there"))).rejects.toMatchObject({ code: "archive.missing" });
    await expect(store.stat("../up")).rejects.toMatchObject({ code: "input.invalid" });
    faulty.fail({ kind: "cut", afterBytes: 10 }, 1);
    await expect(store.put("b/key", Readable.from([CONTENT]))).rejects.toMatchObject({
      code: "store.unavailable",
    });
    expect(await real.stat("b/key")).toBeUndefined();
  });

  test("stops at once when the reader cancels", async () => {
    const cancel = new AbortController();
    const store = retrying(real, { attempts: 5, firstDelayMs: 60_000 });
    const reading = buffer(store.get("a/key", { signal: cancel.signal }));
    cancel.abort();
    await expect(reading).rejects.toMatchObject({ code: "job.cancelled" });
  });
});

describe("a store opened for reading only", () => {
  test("reads as before and refuses every change", async () => {
    const store = readOnly(real);
    expect((await buffer(store.get("a/key"))).equals(CONTENT)).toBe(true);
    const source = Readable.from([CONTENT]);
    await expect(store.put("c/key", source)).rejects.toMatchObject({ code: "state.conflict" });
    await expect(store.remove("a/key")).rejects.toMatchObject({ code: "state.conflict" });
    expect([source.destroyed, store.place, (await real.stat("a/key"))?.bytes]).toEqual([
      true,
      undefined,
      CONTENT.length,
    ]);
  });
});

describe("testing a store", () => {
  const broken: readonly (readonly [string, Trouble, string])[] = [
    ["flips a bit on the way in", { kind: "wrong", atByte: 5_000 }, "reads-back"],
    ["ends early in peace", { kind: "short", afterBytes: 60_000 }, "reads-back"],
    ["cuts", { kind: "cut", afterBytes: 60_000 }, "reads-back"],
    ["cannot be reached", { kind: "refuse" }, "reads-back"],
    ["loses what lies beyond 10 MB", { kind: "short", afterBytes: 10_000_000 }, "reads-back-large"],
  ];
  test.each(broken)("finds a store that %s", async (_name, trouble, check) => {
    faulty.fail(trouble);
    expect((await failing(faulty)).map((line) => line.check)).toContain(check);
  });

  test("finds a store that overwrites", async () => {
    const careless: Store = {
      ...real,
      async put(key, source) {
        await real.remove(key);
        return await real.put(key, source);
      },
    };
    expect((await failing(careless)).map((line) => line.check)).toEqual(["never-overwrites"]);
  });

  test("finds a store that shows what is not whole, and one that keeps what failed", async () => {
    const hasty: Store = {
      ...real,
      async put(key, source, signal) {
        await real.put(key, Readable.from([])).catch(() => undefined);
        const { bytes, sha256 } = await real.put(`${key}.bytes`, source, signal);
        await real.remove(key);
        await real.put(key, real.get(`${key}.bytes`));
        await real.remove(`${key}.bytes`);
        return { bytes, sha256 };
      },
    };
    const found = (await failing(hasty)).map((line) => line.check);
    expect(found).toEqual(expect.arrayContaining(["shows-nothing-early", "leaves-nothing-of-a-failure"]));
  });

  test("finds a store that gives less than was asked without an error", async () => {
    const lenient: Store = {
      ...real,
      get: (key, options) => {
        const end = Math.min(options?.range?.end ?? 0, 9);
        const asked = options?.range;
        return real.get(key, asked?.end === 10 ? { range: { ...asked, end } } : options);
      },
    };
    expect((await failing(lenient)).map((line) => line.check)).toEqual(["errors-beyond-the-end"]);
  });

  test("says what it found, in words", async () => {
    faulty.fail({ kind: "refuse" });
    expect(await failing(faulty)).toEqual([
      expect.objectContaining({
        check: "reads-back",
        detail: expect.stringContaining("refused the connection"),
      }),
    ]);
  });
});

async function failing(store: Store): Promise<StoreCheck[]> {
  const lines: StoreCheck[] = [];
  for await (const line of checkStore(store)) if (!line.ok) lines.push(line);
  return lines;
}

async function keysIn(store: Store): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of store.list("")) keys.push(key);
  return keys;
}
