import { gzipSync, zstdCompressSync } from "node:zlib";

export interface DamagedArchive {
  /** For the test's message: `cut to 120 of 4096 bytes`. */
  readonly how: string;
  readonly bytes: Buffer;
}

export interface DamageCounts {
  readonly cuts: number;
  readonly flips: number;
}

const USUAL: DamageCounts = { cuts: 100, flips: 20 };
const EDGE_BYTES = 9;

/**
 * What happens to archives in the world: cut anywhere, bits flipped, two joined, garbage behind the end, emptied, replaced by a packed
 * nothing or by another kind of file. None of them is the archive; a packed nothing is even a valid file.
 */
export function* damagedArchives(archive: Buffer, counts: DamageCounts = USUAL): Generator<DamagedArchive> {
  const { length } = archive;
  for (const at of spread(length, counts.cuts)) {
    yield { how: `cut to ${at} of ${length} bytes`, bytes: archive.subarray(0, at) };
  }
  for (const at of spread(length, counts.flips)) {
    yield { how: `bit ${at % 8} of byte ${at} flipped`, bytes: flipped(archive, at) };
  }
  yield { how: "joined to itself", bytes: Buffer.concat([archive, archive]) };
  yield { how: "garbage behind the end", bytes: Buffer.concat([archive, Buffer.from("garbage")]) };
  yield { how: "zeros behind the end", bytes: Buffer.concat([archive, Buffer.alloc(512)]) };
  yield { how: "all zeros", bytes: Buffer.alloc(length) };
  yield { how: "a gzip of nothing", bytes: gzipSync(Buffer.alloc(0)) };
  yield { how: "a zstd of nothing", bytes: zstdCompressSync(Buffer.alloc(0)) };
  yield { how: "another kind of file", bytes: Buffer.from("<html>404 not found</html>\n") };
}

/** Offsets over the whole length, the first and last few bytes always among them. */
function spread(length: number, count: number): number[] {
  const evenly = Array.from({ length: count }, (_, n) => Math.floor((length * n) / count));
  const edges = Array.from({ length: EDGE_BYTES }, (_, n) => [n, length - 1 - n]).flat();
  const inside = [...evenly, ...edges].filter((at) => at >= 0 && at < length);
  return [...new Set(inside)].sort((a, b) => a - b);
}

function flipped(archive: Buffer, at: number): Buffer {
  const copy = Buffer.from(archive);
  copy.writeUInt8(copy.readUInt8(at) ^ (1 << (at % 8)), at);
  return copy;
}
