import { createHash } from "node:crypto";
import { Fault } from "../model/fault.ts";
import { bytesOf } from "./s3-objects.ts";
import type { S3Place } from "./s3-place.ts";

/** A few bytes of what was sent, and where they must be found again. */
export interface Sample {
  readonly start: number;
  readonly bytes: number;
  readonly sha256: string;
}

const SAMPLE_BYTES = 16 * 1024;

/** The beginning of a part that is sent from `start` on. */
export function sampleOf(part: Buffer, start: number): Sample {
  const head = part.subarray(0, SAMPLE_BYTES);
  return { start, bytes: head.length, sha256: createHash("sha256").update(head).digest("hex") };
}

interface Sampled {
  readonly place: S3Place;
  readonly key: string;
  readonly signal: AbortSignal;
}

/**
 * Reads a few samples back: the first, the last and one between, where a store that joins parts wrongly shows it. The full read is
 * validation's work.
 *
 * @throws Fault `store.unavailable`
 */
export async function checkSamples(
  { place, key, signal }: Sampled,
  samples: readonly Sample[],
): Promise<void> {
  const some = new Set([samples[0], samples.at(-1), samples[Math.floor(Math.random() * samples.length)]]);
  for (const sample of some) {
    if (sample === undefined || sample.bytes === 0) continue;
    const hash = createHash("sha256");
    const range = { start: sample.start, end: sample.start + sample.bytes - 1 };
    for await (const chunk of bytesOf(place, key, { range, signal })) hash.update(chunk);
    if (hash.digest("hex") !== sample.sha256) throw altered(place, key, sample);
  }
}

function altered({ name }: S3Place, key: string, { start, bytes }: Sample): Fault {
  return new Fault(
    "store.unavailable",
    `${name} keeps other bytes of ${key} than were sent: ${bytes} from byte ${start} on`,
    { hint: "Do not trust this store; look for known faults of its version with multipart uploads." },
  );
}
