import { randomBytes } from "node:crypto";
import { buffer } from "node:stream/consumers";
import { Fault, isFault } from "../model/fault.ts";
import type { Store } from "./store.ts";
import { digestOf, dyingAfter, heldBack, inParts } from "./trial-bytes.ts";

/** What a check works with; `key` gives a key of this run, which is swept afterwards. */
export interface Bench {
  readonly store: Store;
  key(name: string): string;
}

export interface Check {
  readonly id: string;
  /** Throws with what was found when the store does not keep the promise. */
  run(bench: Bench): Promise<void>;
}

/** Where the checks leave their objects, and remove them again. */
export const CHECK_FOLDER = "cofre-check";

const SMALL_BYTES = 70_000;
/** So much that most of it must have left our own buffers. */
const HELD_BYTES = 4 * 1024 * 1024;
/** More than three parts of the smallest multipart upload, and no whole number of them. */
const LARGE_BYTES = 17 * 1024 * 1024 + 1;

/** What every backup relies on, the most basic first. */
export const CHECKS: readonly Check[] = [
  { id: "reads-back", run: readsBack },
  { id: "keeps-nothing-empty", run: keepsNothing },
  { id: "reads-back-large", run: readsBackLarge },
  { id: "reads-ranges", run: readsRanges },
  { id: "errors-beyond-the-end", run: errorsBeyondTheEnd },
  { id: "never-overwrites", run: neverOverwrites },
  { id: "shows-nothing-early", run: showsNothingEarly },
  { id: "leaves-nothing-of-a-failure", run: leavesNothingOfAFailure },
  { id: "tells-what-is-missing", run: tellsWhatIsMissing },
  { id: "lists-folders", run: listsFolders },
  { id: "keeps-odd-names", run: keepsOddNames },
  { id: "removes", run: removes },
  { id: "tells-its-space", run: tellsItsSpace },
];

async function readsBack(bench: Bench): Promise<void> {
  await roundTrip(bench, bench.key("small"), randomBytes(SMALL_BYTES));
}

async function keepsNothing(bench: Bench): Promise<void> {
  await roundTrip(bench, bench.key("empty"), Buffer.alloc(0));
}

async function readsBackLarge(bench: Bench): Promise<void> {
  await roundTrip(bench, bench.key("large"), randomBytes(LARGE_BYTES));
}

async function roundTrip({ store }: Bench, key: string, content: Buffer): Promise<void> {
  const stored = await store.put(key, inParts(content));
  expectEqual("bytes said to be stored", stored.bytes, content.length);
  expectEqual("digest said to be stored", stored.sha256, digestOf(content));
  const found = await store.stat(key);
  expectEqual("bytes found afterwards", found?.bytes, content.length);
  expectEqual("digest read back", digestOf(await buffer(store.get(key))), digestOf(content));
}

async function readsRanges({ store, key }: Bench): Promise<void> {
  const name = key("ranged");
  const content = randomBytes(SMALL_BYTES);
  await store.put(name, inParts(content));
  for (const [start, end] of [
    [0, 0],
    [1, 9_999],
    [65_535, 65_536],
    [SMALL_BYTES - 1, SMALL_BYTES - 1],
  ] as const) {
    const part = await buffer(store.get(name, { range: { start, end } }));
    expectEqual(
      `digest of bytes ${start} to ${end}`,
      digestOf(part),
      digestOf(content.subarray(start, end + 1)),
    );
  }
}

async function errorsBeyondTheEnd({ store, key }: Bench): Promise<void> {
  const name = key("short");
  await store.put(name, inParts(Buffer.from("ten bytes.")));
  for (const range of [
    { start: 5, end: 10 },
    { start: 10, end: 12 },
  ]) {
    const read = await buffer(store.get(name, { range })).catch(() => undefined);
    if (read !== undefined) throw found(`a range beyond the end gave ${read.length} bytes and no error`);
  }
}

async function neverOverwrites({ store, key }: Bench): Promise<void> {
  const name = key("taken");
  const first = Buffer.from("the first");
  await store.put(name, inParts(first));
  await expectFault(
    "a second put under the same key",
    "store.exists",
    store.put(name, inParts(Buffer.from("2nd"))),
  );
  expectEqual("digest after the second put", digestOf(await buffer(store.get(name))), digestOf(first));
}

async function showsNothingEarly({ store, key }: Bench): Promise<void> {
  const name = key("slow");
  const { source, reached, finish } = heldBack(randomBytes(HELD_BYTES));
  const putting = store.put(name, source);
  // The put's own failure is told by the await below; here it must only not count as unhandled.
  putting.catch(() => undefined);
  try {
    await Promise.race([reached, putting]);
    expectEqual("what stat shows of an unfinished put", await store.stat(name), undefined);
    expectEqual(
      "what a listing shows of an unfinished put",
      (await keysUnder(store, CHECK_FOLDER)).includes(name),
      false,
    );
  } finally {
    finish();
    await putting;
  }
  expectEqual("bytes once it was finished", (await store.stat(name))?.bytes, HELD_BYTES);
}

async function leavesNothingOfAFailure({ store, key }: Bench): Promise<void> {
  const name = key("failed");
  const error = new Fault("dump.failed", "the dump died half-way");
  await expectFault(
    "a put whose source failed",
    error.code,
    store.put(name, dyingAfter(randomBytes(SMALL_BYTES), error)),
  );
  expectEqual("what is left of a failed put", await store.stat(name), undefined);
  await store.put(name, inParts(Buffer.from("again")));
}

async function tellsWhatIsMissing({ store, key }: Bench): Promise<void> {
  const name = key("missing");
  expectEqual("what stat shows of a missing key", await store.stat(name), undefined);
  await expectFault("reading a missing key", "archive.missing", buffer(store.get(name)));
  await store.remove(name);
}

async function listsFolders({ store, key }: Bench): Promise<void> {
  const folder = key("folder");
  const names = [key("folder/a"), key("folder/deep/er/b"), key("folder/deep/c")];
  const neighbour = key("folder-beside");
  for (const name of [...names, neighbour]) await store.put(name, inParts(Buffer.from(name)));
  expectEqual("keys under a folder", (await keysUnder(store, folder)).join(" "), names.toSorted().join(" "));
  expectEqual("keys under a missing folder", (await keysUnder(store, key("nowhere"))).length, 0);
}

async function keepsOddNames(bench: Bench): Promise<void> {
  for (const odd of ["ação e 🗝️", "$(reboot) `id` & 'q' \"q\"", "-rf --", "a+b=c%20?#*", "n".repeat(200)]) {
    const key = bench.key(`odd/${odd}`);
    await roundTrip(bench, key, Buffer.from(odd));
    expectEqual(
      `keys listed for ${odd}`,
      (await keysUnder(bench.store, bench.key("odd"))).includes(key),
      true,
    );
  }
}

async function removes({ store, key }: Bench): Promise<void> {
  const name = key("removed");
  await store.put(name, inParts(Buffer.from("x")));
  await store.remove(name);
  expectEqual("what stat shows of a removed key", await store.stat(name), undefined);
  await store.put(name, inParts(Buffer.from("y")));
}

async function tellsItsSpace({ store }: Bench): Promise<void> {
  const space = await store.space();
  if (space === undefined) return;
  if (space.freeBytes > LARGE_BYTES && space.totalBytes >= space.freeBytes) return;
  throw found(`${space.freeBytes} bytes of ${space.totalBytes} are free`);
}

async function keysUnder(store: Store, prefix: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of store.list(prefix)) keys.push(key);
  return keys.sort();
}

function expectEqual<Value>(what: string, is: Value, mustBe: Value): void {
  if (is !== mustBe) throw found(`${what}: ${shown(is)} instead of ${shown(mustBe)}`);
}

async function expectFault(attempt: string, code: Fault["code"], outcome: Promise<unknown>): Promise<void> {
  const error = await outcome.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error === undefined) throw found(`${attempt} succeeded`);
  if (!isFault(error, code)) throw found(`${attempt} failed otherwise than with ${code}: ${shown(error)}`);
}

function shown(value: unknown): string {
  return value instanceof Error ? value.message : (JSON.stringify(value) ?? "nothing");
}

function found(message: string): Fault {
  return new Fault("store.unavailable", message);
}
