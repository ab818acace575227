import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import type { Stored } from "./store.ts";

const MOST_BUFFERED_BYTES = 256 * 1024;

/** The bytes of a source on their way to rest. */
export interface Digested {
  readonly bytes: Readable;
  /** What has passed; call it once, after the end. */
  stored(): Stored;
}

/** Counts and digests a source as it is read; errors pass both ways. Whoever gives the bytes up MUST destroy the source too. */
export function digested(source: Readable): Digested {
  const hash = createHash("sha256");
  let count = 0;
  async function* passing(): AsyncGenerator<Buffer> {
    for await (const chunk of source) {
      const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk);
      hash.update(bytes);
      count += bytes.byteLength;
      yield bytes;
    }
  }
  return {
    bytes: Readable.from(passing(), { objectMode: false, highWaterMark: MOST_BUFFERED_BYTES }),
    stored: () => ({ bytes: count, sha256: hash.digest("hex") }),
  };
}
