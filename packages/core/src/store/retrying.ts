import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { Fault, toFault } from "../model/fault.ts";
import type { Store, StoredObject } from "./store.ts";

export interface Retries {
  /** Tries in all, the first included. */
  readonly attempts: number;
  /** Before the second try; doubled for each further one. */
  readonly firstDelayMs: number;
}

const USUAL: Retries = { attempts: 4, firstDelayMs: 500 };

type Reading = NonNullable<Parameters<Store["get"]>[1]>;

/**
 * The same store, which tries again where a fault of the server or the store says that this may help. A read goes on from the byte
 * that it had reached. A put is never repeated: its source is spent, and whoever has it decides.
 */
export function retrying(store: Store, retries: Retries = USUAL): Store {
  const again = <Result>(attempt: () => Promise<Result>) => trying(retries, attempt);
  return {
    ...store,
    stat: (key) => again(() => store.stat(key)),
    lockedUntil: (key) => again(() => store.lockedUntil(key)),
    remove: (key) => again(() => store.remove(key)),
    space: () => again(() => store.space()),
    async *list(prefix) {
      // Told only once it is whole, so that nothing is told twice.
      yield* await again(() => collected(store.list(prefix)));
    },
    get: (key, options = {}) => readOn(retries, { store, key, options }),
  };
}

async function trying<Result>(retries: Retries, attempt: () => Promise<Result>): Promise<Result> {
  for (let tried = 1; ; tried += 1) {
    try {
      return await attempt();
    } catch (error) {
      await waitOrThrow(retries, { tried, error });
    }
  }
}

async function collected(listing: AsyncIterable<StoredObject>): Promise<readonly StoredObject[]> {
  const all: StoredObject[] = [];
  for await (const found of listing) all.push(found);
  return all;
}

interface Get {
  readonly store: Store;
  readonly key: string;
  readonly options: Reading;
}

function readOn(retries: Retries, get: Get): Readable {
  let current: Readable | undefined;
  const open = (reading: Reading) => {
    current = get.store.get(get.key, reading);
    return current;
  };
  const whole = Readable.from(partsOf(get.options, 1), { objectMode: false });
  // A generator that waits for a silent store hears of its end only with the next byte.
  whole.once("close", () => current?.destroy());
  return whole;

  async function* partsOf(reading: Reading, tried: number): AsyncGenerator<Uint8Array> {
    let got = 0;
    try {
      for await (const chunk of open(reading)) {
        got += chunk.length;
        yield chunk;
      }
      return;
    } catch (error) {
      await waitOrThrow(retries, { tried: got > 0 ? 1 : tried, error });
    }
    const left = await rest(retries, { ...get, options: reading }, got);
    if (left !== undefined) yield* partsOf(left, got > 0 ? 1 : tried + 1);
  }
}

/** What is still to be read after `got` bytes; undefined when every byte had come before the fault. */
async function rest(
  retries: Retries,
  { store, key, options }: Get,
  got: number,
): Promise<Reading | undefined> {
  if (got === 0) return options;
  const start = (options.range?.start ?? 0) + got;
  const end = options.range?.end ?? (await lastByte(retries, store, key));
  return start > end ? undefined : { ...options, range: { start, end } };
}

async function lastByte(retries: Retries, store: Store, key: string): Promise<number> {
  const found = await trying(retries, () => store.stat(key));
  if (found !== undefined) return found.bytes - 1;
  throw new Fault("archive.missing", `${key} went away from ${store.name} while it was read`);
}

async function waitOrThrow(
  { attempts, firstDelayMs }: Retries,
  { tried, error }: { readonly tried: number; readonly error: unknown },
): Promise<void> {
  const { traits } = toFault(error);
  const mayHelp = traits.retry && (traits.blame === "server" || traits.blame === "store");
  if (!mayHelp || tried >= attempts) throw error;
  await sleep(firstDelayMs * 2 ** (tried - 1));
}
