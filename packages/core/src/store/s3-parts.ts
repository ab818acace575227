import type { Readable } from "node:stream";

const MIB = 1024 * 1024;

/** One part of an upload; its bytes belong to a buffer that is used again once `release` was called. */
export interface Part {
  /** From 1. */
  readonly number: number;
  readonly bytes: Buffer;
  release(): void;
}

/**
 * How large the nth part is (S3 allows 10,000 of at least 5 MiB each, 5 GiB at most): an archive's length is not known before its
 * end, so parts begin small and grow. 1 TiB is reached with parts of 256 MiB; the 10,000 together hold more than 5 TiB, the most
 * that S3 keeps as one object.
 */
export function partBytes(number: number): number {
  if (number <= 1_000) return 8 * MIB;
  if (number <= 2_000) return 32 * MIB;
  if (number <= 4_000) return 128 * MIB;
  return (number <= 7_000 ? 256 : 1_536) * MIB;
}

const MOST_BUFFERED_BYTES = 256 * MIB;
const MOST_IN_FLIGHT = 4;

/** How many parts may be under way while the nth is filled: memory is bounded by 256 MiB, or by one part where that is larger. */
export function inFlightBeside(number: number): number {
  return Math.max(0, Math.min(MOST_IN_FLIGHT, Math.floor(MOST_BUFFERED_BYTES / partBytes(number)) - 1));
}

/** Cuts a stream into parts, all full but the last; an empty stream is one empty part. */
export async function* cutIntoParts(source: Readable, seen: (bytes: Buffer) => void): AsyncGenerator<Part> {
  const buffers = reusedBuffers();
  let filling = { number: 1, buffer: buffers.take(partBytes(1)), filled: 0 };
  for await (const chunk of source) {
    const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk);
    seen(bytes);
    for (let at = 0; at < bytes.length; ) {
      const copied = bytes.copy(filling.buffer, filling.filled, at);
      at += copied;
      filling.filled += copied;
      if (filling.filled < filling.buffer.length) continue;
      yield partOf(filling, buffers.give);
      const number = filling.number + 1;
      filling = { number, buffer: buffers.take(partBytes(number)), filled: 0 };
    }
  }
  if (filling.filled > 0 || filling.number === 1) yield partOf(filling, buffers.give);
}

interface Filling {
  readonly number: number;
  readonly buffer: Buffer;
  readonly filled: number;
}

function partOf({ number, buffer, filled }: Filling, give: (buffer: Buffer) => void): Part {
  return { number, bytes: buffer.subarray(0, filled), release: () => give(buffer) };
}

/** Large buffers are freed late, so that a fast upload would hold far more of them than are in use. */
function reusedBuffers() {
  let free: Buffer[] = [];
  return {
    take(bytes: number): Buffer {
      free = free.filter((buffer) => buffer.length === bytes);
      return free.pop() ?? Buffer.allocUnsafeSlow(bytes);
    },
    give: (buffer: Buffer) => {
      free.push(buffer);
    },
  };
}
