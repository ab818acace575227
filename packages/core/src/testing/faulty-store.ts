import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { Fault } from "../model/fault.ts";
import type { Store } from "../store/store.ts";

/** What goes wrong, from now on and until told otherwise. */
export type Trouble =
  /** Every call is refused as if the store could not be reached. */
  | { readonly kind: "refuse" }
  /** Puts and gets fail after this many bytes. */
  | { readonly kind: "cut"; readonly afterBytes: number }
  /** Gets end in peace after this many bytes: the worst that a store can do. */
  | { readonly kind: "short"; readonly afterBytes: number }
  /** One bit of this byte arrives flipped, in puts and in gets. */
  | { readonly kind: "wrong"; readonly atByte: number }
  /** Every chunk waits. */
  | { readonly kind: "slow"; readonly delayMs: number };

export interface FaultyStore extends Store {
  /** Starts the trouble; it ends by itself after `times` calls, or with `heal`. */
  fail(trouble: Trouble, times?: number): void;
  heal(): void;
}

/** A real store behind a wire that fails on command. It has no place, so that every byte passes the wire. */
export function faultyStore(store: Store): FaultyStore {
  let trouble: Trouble | undefined;
  let timesLeft = 0;
  function next(): Trouble | undefined {
    if (timesLeft <= 0) return undefined;
    timesLeft -= 1;
    return trouble;
  }
  const guarded = async <Result>(call: () => Promise<Result>): Promise<Result> => {
    if (next()?.kind === "refuse") throw refusal(store);
    return await call();
  };
  return {
    name: store.name,
    fail: (what, times = Number.POSITIVE_INFINITY) => {
      trouble = what;
      timesLeft = times;
    },
    heal: () => {
      timesLeft = 0;
    },
    put: (key, source, signal) => store.put(key, wired(store, source, next()), signal),
    get: (key, options) => wired(store, store.get(key, options), next()),
    stat: (key) => guarded(() => store.stat(key)),
    lockedUntil: (key) => guarded(() => store.lockedUntil(key)),
    remove: (key) => guarded(() => store.remove(key)),
    space: () => guarded(() => store.space()),
    async *list(prefix) {
      if (next()?.kind === "refuse") throw refusal(store);
      yield* store.list(prefix);
    },
  };
}

function wired(store: Store, source: Readable, trouble: Trouble | undefined): Readable {
  if (trouble === undefined) return source;
  const through = Readable.from(troubled(store, source, trouble), { objectMode: false });
  through.once("close", () => source.destroy());
  return through;
}

async function* troubled(store: Store, source: Readable, trouble: Trouble): AsyncGenerator<Uint8Array> {
  if (trouble.kind === "refuse") throw refusal(store);
  let passed = 0;
  for await (const whole of source) {
    const chunk: Buffer = Buffer.from(whole);
    if (trouble.kind === "slow") await sleep(trouble.delayMs);
    if (trouble.kind === "wrong") flip(chunk, trouble.atByte - passed);
    const isCut = "afterBytes" in trouble && passed + chunk.length > trouble.afterBytes;
    yield isCut ? chunk.subarray(0, trouble.afterBytes - passed) : chunk;
    if (isCut && trouble.kind === "short") return;
    if (isCut) throw new Fault("store.unavailable", `${store.name} closed the connection`);
    passed += chunk.length;
  }
}

function flip(chunk: Buffer, at: number): void {
  if (at >= 0 && at < chunk.length) chunk.writeUInt8(chunk.readUInt8(at) ^ 1, at);
}

function refusal(store: Store): Fault {
  return new Fault("store.unavailable", `${store.name} refused the connection`);
}
