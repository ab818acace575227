import { createHash } from "node:crypto";
import { Transform } from "node:stream";

/** A pass-through that counts and digests what flows, without copying it. */
export interface Meter extends Transform {
  /** Bytes that have passed so far. */
  readonly bytes: number;
  /** Lower-case hex of all that has passed. Meaningful, and callable, once the stream has ended. */
  sha256(): string;
}

/** Counts and digests; `onBytes` is told the total after every chunk. */
export function meter(onBytes?: (bytes: number) => void): Meter {
  const hash = createHash("sha256");
  let bytes = 0;
  let digest: string | undefined;
  const through = new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      hash.update(chunk);
      bytes += chunk.byteLength;
      onBytes?.(bytes);
      done(null, chunk);
    },
  });
  return Object.defineProperties(through, {
    bytes: { get: () => bytes },
    sha256: {
      value: () => {
        digest ??= hash.digest("hex");
        return digest;
      },
    },
  }) as Meter; // checked: both members of Meter beyond Transform are defined just above
}
