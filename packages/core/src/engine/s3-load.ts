import { createHash } from "node:crypto";
import type { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import type { UnitFacts } from "../model/engine.ts";
import { SMALL_BYTES } from "./s3-fetch.ts";
import { type Putting, putDeletion, putLarge, putSmall } from "./s3-put.ts";
import { readBuckets } from "./s3-read.ts";
import type { Recorded, RecordedBucket } from "./s3-record.ts";
import type { OpenS3 } from "./s3-way.ts";

const IN_FLIGHT = 32;
const BUDGET_BYTES = 64 << 20;

/** Keys of one bucket as digests of 16 bytes: a million of them are held in little memory. */
export class KeySet {
  readonly #current = new Set<string>();
  readonly #versions = new Map<string, number>();

  add({ key, isLatest, isDeletion, versionId }: Recorded): void {
    const digest = short(key);
    if (isLatest && !isDeletion) this.#current.add(digest);
    if (versionId !== null) this.#versions.set(digest, (this.#versions.get(digest) ?? 0) + 1);
  }

  /** Whether the archive has it as an object that is there now. */
  has(key: string): boolean {
    return this.#current.has(short(key));
  }

  /** How many versions of it, deletions included, the archive has. */
  versions(key: string): number {
    return this.#versions.get(short(key)) ?? 0;
  }
}

function short(key: string): string {
  return createHash("sha256").update(key).digest("base64").slice(0, 22);
}

/** What a load wrote into one bucket. */
export interface Loaded {
  readonly keys: KeySet;
  readonly facts: UnitFacts;
  /** Of the bucket that was backed up. */
  readonly versioning: RecordedBucket["versioning"];
}

export interface Loading {
  readonly s3: OpenS3;
  /** Names in the archive and at the target; buckets of the archive without one are read and left out. */
  readonly into: ReadonlyMap<string, string>;
  readonly signal: AbortSignal;
  /** Called before the first object of a bucket, with its name at the target. */
  onBucket(into: string, versioning: RecordedBucket["versioning"]): Promise<void>;
}

/** Writes the objects of an archive, many small ones at once, versions of one key in their order. */
export async function loadBuckets(dump: Readable, loading: Loading): Promise<ReadonlyMap<string, Loaded>> {
  const lanes = createLanes();
  const written = new Map<string, Pick<Loaded, "keys" | "versioning">>();
  const facts = await readBuckets(dump, {
    onBucket: async ({ bucket, versioning }) => {
      const into = loading.into.get(bucket);
      if (into === undefined) return;
      written.set(bucket, { keys: new KeySet(), versioning });
      await loading.onBucket(into, versioning);
    },
    onObject: async (one, bytes) => {
      loading.signal.throwIfAborted();
      const bucket = loading.into.get(one.bucket);
      if (bucket === undefined) {
        for await (const _ of bytes()) loading.signal.throwIfAborted();
        return;
      }
      written.get(one.bucket)?.keys.add(one);
      await putOne(lanes, { putting: { ...loading, bucket }, one }, bytes);
    },
  }).finally(() => lanes.settled());
  await lanes.rethrow();
  return new Map(
    facts.flatMap((fact) => {
      const wrote = written.get(fact.name);
      return wrote === undefined ? [] : [[fact.name, { ...wrote, facts: fact }]];
    }),
  );
}

interface OnePut {
  readonly putting: Putting;
  readonly one: Recorded;
}

async function putOne(
  lanes: Lanes,
  { putting, one }: OnePut,
  bytes: () => AsyncGenerator<Buffer>,
): Promise<void> {
  const name = `${putting.bucket}/${one.key}`;
  if (one.isDeletion) {
    for await (const _ of bytes());
    await lanes.run({ name, bytes: 0 }, () => putDeletion(putting, one));
  } else if (one.bytes <= SMALL_BYTES) {
    const body = await buffer(bytes());
    await lanes.run({ name, bytes: body.length }, () => putSmall(putting, one, body));
  } else {
    await lanes.after(name);
    await putLarge(putting, one, bytes());
  }
}

interface Lanes {
  /** Resolves once there is room; the work goes on. Rejects with the first failure of any work. */
  run(of: { readonly name: string; readonly bytes: number }, work: () => Promise<void>): Promise<void>;
  /** Waits for the work of this name. */
  after(name: string): Promise<void>;
  settled(): Promise<void>;
  rethrow(): Promise<void>;
}

/** Work side by side, at most so many and so many bytes of it; what has the same name goes one after the other. */
function createLanes(): Lanes {
  const running = new Map<string, Promise<void>>();
  let held = 0;
  let failure: { readonly error: unknown } | undefined;
  const rethrow = async (): Promise<void> => {
    if (failure !== undefined) throw failure.error;
  };
  const after = async (name: string): Promise<void> => {
    await running.get(name);
    await rethrow();
  };
  return {
    after,
    rethrow,
    settled: async () => void (await Promise.all(running.values())),
    run: async ({ name, bytes }, work) => {
      await after(name);
      while (running.size >= IN_FLIGHT || (held > 0 && held + bytes > BUDGET_BYTES)) {
        await Promise.race(running.values());
        await rethrow();
      }
      held += bytes;
      const done = work()
        .catch((error: unknown) => {
          failure ??= { error };
        })
        .finally(() => {
          held -= bytes;
          running.delete(name);
        });
      running.set(name, done);
    },
  };
}
