import { Transform } from "node:stream";
import { damaged } from "./damage.ts";

/** A field to be read whole, or bytes to be passed over; then what comes next. Layout: RFC 8878, section 3.1. */
type Step =
  | { readonly read: number; readonly next: (field: Buffer) => Step }
  | { readonly skip: number; readonly next: () => Step };

const FRAME_MAGIC = 0xfd2fb528;
const SKIPPABLE_MAGIC = 0x184d2a50;
const RESERVED_BLOCK = 3;
const RUN_LENGTH_BLOCK = 1;

const FRAME_START: Step = { read: 4, next: afterMagic };

function afterMagic(field: Buffer): Step {
  const magic = field.readUInt32LE();
  if (magic === FRAME_MAGIC) return { read: 1, next: afterDescriptor };
  if ((magic & 0xfffffff0) >>> 0 === SKIPPABLE_MAGIC) return { read: 4, next: afterSkippableSize };
  throw damaged("zstd", "bytes that belong to no frame");
}

function afterSkippableSize(field: Buffer): Step {
  return { skip: field.readUInt32LE(), next: () => FRAME_START };
}

function afterDescriptor(field: Buffer): Step {
  const descriptor = field.readUInt8();
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const hasChecksum = (descriptor & 0x04) !== 0;
  const dictionaryIdBytes = [0, 1, 2, 4][descriptor & 0x03] ?? 0;
  const contentSizeBytes = [isSingleSegment ? 1 : 0, 2, 4, 8][descriptor >>> 6] ?? 0;
  const windowBytes = isSingleSegment ? 0 : 1;
  const block = blockStart(hasChecksum);
  return { skip: windowBytes + dictionaryIdBytes + contentSizeBytes, next: () => block };
}

function blockStart(hasChecksum: boolean): Step {
  const start: Step = { read: 3, next: afterBlockHeader };
  return start;

  function afterBlockHeader(field: Buffer): Step {
    const header = field.readUIntLE(0, 3);
    const isLast = (header & 1) === 1;
    const kind = (header >>> 1) & 3;
    if (kind === RESERVED_BLOCK) throw damaged("zstd", "a block of no known kind");
    const bodyBytes = kind === RUN_LENGTH_BLOCK ? 1 : header >>> 3;
    return { skip: bodyBytes, next: () => (isLast ? frameEnd(hasChecksum) : start) };
  }
}

function frameEnd(hasChecksum: boolean): Step {
  return { skip: hasChecksum ? 4 : 0, next: () => FRAME_START };
}

/** Walks the structure of zstd frames without unpacking them; gives, chunk by chunk, the offsets just behind each frame's end. */
function frameWalker(): (chunk: Buffer) => number[] {
  let step: Step = FRAME_START;
  let field = Buffer.alloc(0);
  let skipped = 0;

  return function walk(chunk) {
    const ends: number[] = [];
    let at = 0;
    for (;;) {
      const taken = take(chunk.subarray(at));
      at += taken.bytes;
      if (!taken.isWhole) return ends;
      if (step === FRAME_START) ends.push(at);
    }
  };

  function take(rest: Buffer): { readonly bytes: number; readonly isWhole: boolean } {
    if ("read" in step) {
      const part = rest.subarray(0, step.read - field.length);
      field = Buffer.concat([field, part]);
      if (field.length < step.read) return { bytes: part.length, isWhole: false };
      step = step.next(field);
      field = Buffer.alloc(0);
      return { bytes: part.length, isWhole: true };
    }
    const bytes = Math.min(rest.length, step.skip - skipped);
    skipped += bytes;
    if (skipped < step.skip) return { bytes, isWhole: false };
    step = step.next();
    skipped = 0;
    return { bytes, isWhole: true };
  }
}

/**
 * Passes zstd through, cut so that no chunk reaches over the end of a frame. node:zlib (Node 24.21) silently drops whatever follows
 * a frame in the same chunk, garbage as well as a second frame; at the start of a chunk it reads or refuses it as it should.
 */
export function frameCutter(): Transform {
  const walk = frameWalker();
  return new Transform({
    // A reader of bytes may join chunks again; one of objects cannot.
    readableObjectMode: true,
    transform(chunk: Buffer, _encoding, done) {
      try {
        let from = 0;
        for (const end of walk(chunk)) {
          this.push(chunk.subarray(from, end));
          from = end;
        }
        if (from < chunk.length) this.push(chunk.subarray(from));
        done();
      } catch (error) {
        done(error instanceof Error ? error : damaged("zstd", "an unreadable frame", error));
      }
    },
  });
}
