import { createHash } from "node:crypto";
import type { Readable } from "node:stream";
import type { UnitFacts } from "../model/engine.ts";
import { factsIn, isHeadRemark } from "./s3-format.ts";
import { bucketFrom, objectFrom, type Recorded, type RecordedBucket } from "./s3-record.ts";
import { type Tally, tally } from "./s3-tally.ts";
import type { TarHead } from "./s3-tar.ts";
import { damaged, readTar } from "./s3-untar.ts";

/** What to do with what an archive of buckets holds, in its order. */
export interface Reading {
  onBucket?(bucket: RecordedBucket): Promise<void>;
  /** MUST read `bytes` to their end, or throw. */
  onObject(one: Recorded, bytes: () => AsyncGenerator<Buffer>): Promise<void>;
}

/**
 * Reads an archive of buckets to its last byte and counts it anew. Throws `archive.damaged` when it is cut, is not one, or when what is
 * in it is not what it says of itself at its end.
 */
export async function readBuckets(source: Readable, reading: Reading): Promise<readonly UnitFacts[]> {
  const state: State = { reading, tallies: [], isOurs: false, told: undefined };
  for await (const part of readTar(source)) {
    if (state.told !== undefined) throw damaged("the archive goes on behind its end");
    if (part.is === "entry") await readEntry(state, part.head, part.bytes);
    else {
      state.isOurs ||= isHeadRemark(part.text);
      state.told = factsIn(part.text);
    }
  }
  const found = state.tallies.map(({ bucket, counted }) => counted.facts(bucket));
  if (state.told === undefined) throw damaged("the archive ends without its own count");
  if (JSON.stringify(state.told) === JSON.stringify(found)) return found;
  throw damaged("what is in the archive is not what it says it holds");
}

interface State {
  readonly reading: Reading;
  readonly tallies: { readonly bucket: string; readonly counted: Tally }[];
  isOurs: boolean;
  told: readonly UnitFacts[] | undefined;
}

async function readEntry(
  { reading, tallies, isOurs }: State,
  head: TarHead,
  bytes: () => AsyncGenerator<Buffer>,
): Promise<void> {
  if (!isOurs) throw damaged("this is not an archive of buckets");
  const bucket = bucketFrom(head);
  if (bucket !== undefined) {
    tallies.push({ bucket: bucket.bucket, counted: tally() });
    await reading.onBucket?.(bucket);
    return;
  }
  const current = tallies.at(-1);
  const one = current === undefined ? undefined : objectFrom(head, current.bucket);
  if (current === undefined || one === undefined) throw damaged("the archive holds what no bucket has");
  await readObject({ one, counted: current.counted, reading }, bytes);
}

interface OneReading {
  readonly one: Recorded;
  readonly counted: Tally;
  readonly reading: Reading;
}

async function readObject(
  { one, counted, reading }: OneReading,
  bytes: () => AsyncGenerator<Buffer>,
): Promise<void> {
  const digest = createHash("sha256");
  await reading.onObject(one, async function* () {
    for await (const chunk of bytes()) {
      digest.update(chunk);
      yield chunk;
    }
  });
  counted.add(one, one.isDeletion ? "" : digest.digest("hex"));
}
