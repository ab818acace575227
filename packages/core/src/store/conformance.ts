import { randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type MemoryWatch, watchMemory } from "../testing/memory-watch.ts";
import { awkwardNames } from "../testing/specimens.ts";
import { checkStore, type StoreCheck } from "./check.ts";
import { CHECK_FOLDER, CHECKS } from "./checks.ts";
import type { Store } from "./store.ts";

export interface StoreSpecimen extends AsyncDisposable {
  readonly store: Store;
  /** Every file or object that is really there, hidden ones too, as the store's own system shows them. */
  leftovers(): Promise<readonly string[]>;
}

const LARGE_BYTES = 144 * 1024 * 1024;
/** What is kept of the bytes is three quarters of them, see `watchMemory`. */
const MOST_GROWTH_BYTES = LARGE_BYTES / 3;
const SLOW_MS = 240_000;

const HOSTILE_KEYS = [
  "",
  "/etc/passwd",
  "..",
  "../up",
  "a/../../b",
  "a//b",
  "a/./b",
  "a/",
  "a\0b",
  "a\nb",
  "a\u007fb",
  "x\ud800",
  ".cofre/jobs/x",
  "a/b.partial",
  "n".repeat(256),
  `${"n/".repeat(600)}n`,
];

/** What every store promises: the checks of "Test this store", and harder ones that no customer's store should suffer. */
export function describeStore(name: string, start: () => Promise<StoreSpecimen>): void {
  describe(`${name} keeps the store contract`, () => {
    let specimen: StoreSpecimen;
    let store: Store;
    beforeAll(async () => {
      specimen = await start();
      store = specimen.store;
    });
    afterAll(async () => await specimen[Symbol.asyncDispose]());

    test("passes its own test button, line by line, and is swept", { timeout: SLOW_MS }, async () => {
      const before = await specimen.leftovers();
      const lines = await linesOf(store);
      expect(lines.filter(({ ok }) => !ok)).toEqual([]);
      const own = store.checks ?? [];
      expect(lines.map(({ check }) => check)).toEqual([...CHECKS, ...own].map(({ id }) => id));
      expect(await specimen.leftovers()).toEqual(before);
      expect((await keysUnder(store, "")).filter((key) => key.startsWith(CHECK_FOLDER))).toEqual([]);
    });

    test.each(HOSTILE_KEYS.map((key) => [key]))("refuses the key %j in every method", async (key) => {
      const refusal = { code: "input.invalid" };
      await expect(store.put(key, bytesOf("x"))).rejects.toMatchObject(refusal);
      await expect(buffer(store.get(key))).rejects.toMatchObject(refusal);
      await expect(store.stat(key)).rejects.toMatchObject(refusal);
      await expect(store.lockedUntil(key)).rejects.toMatchObject(refusal);
      await expect(store.remove(key)).rejects.toMatchObject(refusal);
      if (key !== "") await expect(keysUnder(store, key)).rejects.toMatchObject(refusal);
    });

    test("keeps or refuses every awkward name, and never mistakes one for another", {
      timeout: SLOW_MS,
    }, async () => {
      const kept: string[] = [];
      for (const awkward of awkwardNames) {
        const key = `awkward/${awkward}`;
        const outcome = await store.put(key, bytesOf(awkward)).catch((error: unknown) => error);
        if (outcome instanceof Error) expect(outcome).toMatchObject({ code: "input.invalid" });
        else kept.push(key);
      }
      expect(kept.length).toBeGreaterThan(10);
      expect((await keysUnder(store, "awkward")).sort()).toEqual(kept.sort());
      for (const key of kept) {
        expect(`awkward/${(await buffer(store.get(key))).toString()}`).toBe(key);
        await store.remove(key);
      }
    });

    test("gives a key to exactly one of many that want it at once", { timeout: SLOW_MS }, async () => {
      const before = await specimen.leftovers();
      const contents = Array.from({ length: 8 }, (_, n) => `content ${n}`);
      const outcomes = await Promise.allSettled(
        contents.map((content) => store.put("raced/key", bytesOf(content))),
      );
      const winners = outcomes.flatMap((outcome, n) => (outcome.status === "fulfilled" ? [contents[n]] : []));
      const losers = outcomes.flatMap((outcome) =>
        outcome.status === "rejected" ? [outcome.reason.code] : [],
      );
      expect(winners).toHaveLength(1);
      expect(new Set(losers)).toEqual(new Set(["store.exists"]));
      expect([(await buffer(store.get("raced/key"))).toString()]).toEqual(winners);
      await store.remove("raced/key");
      expect(await specimen.leftovers()).toEqual(before);
    });

    test("leaves nothing, and stops reading, when a put is cancelled", { timeout: SLOW_MS }, async () => {
      const before = await specimen.leftovers();
      for (const afterMs of [0, 5, 200]) {
        const cancel = new AbortController();
        const source = endless();
        const putting = store.put("cancelled/key", source, cancel.signal);
        setTimeout(() => cancel.abort(), afterMs);
        await expect(putting).rejects.toThrow();
        expect(source.destroyed).toBe(true);
      }
      expect(await specimen.leftovers()).toEqual(before);
    });

    test("leaves nothing when the source fails at any point", { timeout: SLOW_MS }, async () => {
      const before = await specimen.leftovers();
      for (const sent of [0, 1, 65_536, 3_000_000]) {
        const error = new Error(`the source died after ${sent} bytes`);
        await expect(store.put("failed/key", dyingAfter(sent, error))).rejects.toThrow();
        expect(await store.stat("failed/key")).toBeUndefined();
      }
      expect(await specimen.leftovers()).toEqual(before);
    });

    test("is not harmed by a reader that goes away or cancels", { timeout: SLOW_MS }, async () => {
      const content = randomBytes(4_000_000);
      await store.put("left/key", Readable.from([content]));
      for await (const _ of store.get("left/key")) break;
      const cancel = new AbortController();
      const reading = buffer(store.get("left/key", { signal: cancel.signal }));
      cancel.abort();
      await expect(reading).rejects.toThrow();
      expect((await buffer(store.get("left/key"))).equals(content)).toBe(true);
      await store.remove("left/key");
    });

    test("passes 144 MB both ways without memory growing", { timeout: SLOW_MS }, async () => {
      const block = randomBytes(1024 * 1024);
      const [putting, getting] = [watchMemory(LARGE_BYTES), watchMemory(LARGE_BYTES)];
      const source = Readable.from(repeated(block, putting), { objectMode: false });
      const stored = await store.put("large/key", source);
      expect(stored.bytes).toBe(LARGE_BYTES);
      let bytes = 0;
      for await (const chunk of store.get("large/key")) {
        bytes += chunk.length;
        getting.saw(chunk.length);
      }
      await store.remove("large/key");
      expect(bytes).toBe(LARGE_BYTES);
      expect(Math.max(putting.growthBytes(), getting.growthBytes())).toBeLessThan(MOST_GROWTH_BYTES);
    });

    test("does not show a put that is still going on, nor anything of its own", {
      timeout: SLOW_MS,
    }, async () => {
      const source = endless();
      const putting = store.put("hidden/key", source).catch(() => undefined);
      await sleep(300);
      expect(await keysUnder(store, "hidden")).toEqual([]);
      expect((await keysUnder(store, "")).filter((key) => /\.partial$|^\.cofre/.test(key))).toEqual([]);
      source.destroy();
      await putting;
    });
  });
}

async function linesOf(store: Store): Promise<StoreCheck[]> {
  const lines: StoreCheck[] = [];
  for await (const line of checkStore(store)) lines.push(line);
  return lines;
}

async function keysUnder(store: Store, prefix: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of store.list(prefix)) keys.push(key);
  return keys;
}

function bytesOf(text: string): Readable {
  return Readable.from([Buffer.from(text)]);
}

function* repeated(block: Buffer, memory: MemoryWatch): Generator<Buffer> {
  for (let sent = 0; sent < LARGE_BYTES; sent += block.length) {
    memory.saw(block.length);
    yield Buffer.from(block);
  }
}

/** Slow enough that a cancelled put does not fill a disk. */
function endless(): Readable {
  return new Readable({
    read() {
      setTimeout(() => this.push(Buffer.alloc(65_536)), 1);
    },
  });
}

function dyingAfter(bytes: number, error: Error): Readable {
  return Readable.from(
    (async function* dying() {
      if (bytes > 0) yield Buffer.alloc(bytes);
      throw error;
    })(),
  );
}
