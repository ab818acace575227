import { randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { constants, zstdCompressSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { chain } from "./chain.ts";
import { zstd } from "./zstd.ts";
import { frameCutter } from "./zstd-frames.ts";

const SKIPPABLE = Buffer.from([0x53, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]);

function packed(data: Buffer, checksum: 0 | 1): Buffer {
  return zstdCompressSync(data, { params: { [constants.ZSTD_c_checksumFlag]: checksum } });
}

function inChunksOf(size: number, whole: Buffer): Readable {
  const chunks = Array.from({ length: Math.ceil(whole.length / size) }, (_, n) =>
    whole.subarray(n * size, (n + 1) * size),
  );
  return Readable.from(chunks);
}

const FRAMES: readonly (readonly [string, Buffer])[] = [
  ["nothing", packed(Buffer.alloc(0), 1)],
  ["one byte", packed(Buffer.from("x"), 0)],
  ["zeros, as run-length blocks", packed(Buffer.alloc(400_000), 1)],
  ["noise, as raw blocks", packed(randomBytes(300_000), 1)],
  ["text without a checksum", packed(Buffer.from("select 1;\n".repeat(40_000)), 0)],
  ["a skippable frame", SKIPPABLE],
];

describe.each([1, 7, 65_536, 10_000_000])("zstd read in chunks of %i bytes", (size) => {
  test.each(FRAMES)("is cut exactly where a frame ends: %s", async (_name, frame) => {
    if (size === 1 && frame.length > 1_000) return;
    const source = inChunksOf(size, Buffer.concat([frame, frame, SKIPPABLE]));
    let offset = 0;
    const ends = new Set<number>();
    for await (const chunk of chain(source, frameCutter())) {
      offset += chunk.length;
      ends.add(offset);
    }
    expect([...ends]).toEqual(
      expect.arrayContaining([frame.length, 2 * frame.length, 2 * frame.length + SKIPPABLE.length]),
    );
  });

  test("unpacks several frames to the last byte, as the program does", async () => {
    const whole = Buffer.concat([packed(Buffer.from("one "), 1), SKIPPABLE, packed(Buffer.from("two"), 0)]);
    expect((await buffer(chain(inChunksOf(size, whole), zstd.unpacker()))).toString()).toBe("one two");
  });
});
