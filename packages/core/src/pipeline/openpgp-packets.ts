import { damaged } from "./damage.ts";

/** Packet types of RFC 9580 that archives are made of. */
export const PACKET = {
  sessionKey: 1,
  marker: 10,
  literal: 11,
  encrypted: 18,
  digest: 19,
  /** GnuPG's own, of its 2.4: not in RFC 9580. */
  encryptedByOcb: 20,
  padding: 21,
} as const;

const FORMAT = "openpgp";
const PARTIAL_BYTES = 65_536;
const PARTIAL_HEADER = Buffer.from([0xe0 | Math.log2(PARTIAL_BYTES)]);
const NOTHING = Buffer.alloc(0);

/** Writes one packet of a length that nobody knows yet: body in, packet out (RFC 9580, 4.2.1.4). */
export interface PacketWriter {
  write(body: Buffer): Buffer;
  end(): Buffer;
}

export function packetWriter(type: number): PacketWriter {
  let pieces: Buffer[] = [];
  let pending = 0;
  let head = Buffer.from([0xc0 | type]);
  return {
    write(body) {
      pieces.push(body);
      pending += body.length;
      if (pending < PARTIAL_BYTES) return NOTHING;
      const all = pieces.length === 1 ? body : Buffer.concat(pieces);
      const whole = pending - (pending % PARTIAL_BYTES);
      const written: Buffer[] = [head];
      for (let at = 0; at < whole; at += PARTIAL_BYTES) {
        written.push(PARTIAL_HEADER, all.subarray(at, at + PARTIAL_BYTES));
      }
      head = NOTHING;
      pieces = [all.subarray(whole)];
      pending -= whole;
      return Buffer.concat(written);
    },
    end() {
      const length = Buffer.alloc(5, 0xff);
      length.writeUInt32BE(pending, 1);
      return Buffer.concat([head, length, ...pieces]);
    },
  };
}

/** A reader that is handed chunks as they come, null at the end of the input, and yields when it wants more. */
export type Reader = Generator<undefined, void, Buffer | null>;
type Reading<Result> = Generator<undefined, Result, Buffer | null>;

/** Bytes as they arrive, asked for by amount. */
export interface Arriving {
  /** Exactly so many bytes; throws `archive.damaged` where the input ends before. */
  take(count: number): Reading<Buffer>;
  /** What is there, at least one byte and at most so many; throws `archive.damaged` at the end of the input. */
  some(most: number): Reading<Buffer>;
  /** True when nothing follows. */
  isOver(): Reading<boolean>;
}

export function arriving(): Arriving {
  let rest: Buffer = NOTHING;
  let isEnded = false;
  function* more(): Reading<boolean> {
    if (isEnded) return false;
    const next = yield;
    if (next === null) isEnded = true;
    else rest = rest.length === 0 ? next : Buffer.concat([rest, next]);
    return !isEnded;
  }
  function cut(count: number): Buffer {
    const taken = rest.subarray(0, count);
    rest = rest.subarray(taken.length);
    return taken;
  }
  return {
    *take(count) {
      while (rest.length < count) {
        if (!(yield* more())) throw damaged(FORMAT, "the end of the file too early");
      }
      return cut(count);
    },
    *some(most) {
      while (rest.length === 0) {
        if (!(yield* more())) throw damaged(FORMAT, "the end of the file too early");
      }
      return cut(most);
    },
    *isOver() {
      while (rest.length === 0) if (!(yield* more())) return true;
      return false;
    },
  };
}

/** The body of one packet, piece by piece. */
export interface PacketBody {
  readonly type: number;
  /** The next piece; undefined once the packet is read to its end. */
  next(): Reading<Buffer | undefined>;
}

interface Length {
  readonly bytes: number;
  readonly isPartial: boolean;
}

/** Reads a packet's header, of the old format or the new one. */
export function* readPacket(input: Arriving): Reading<PacketBody> {
  const [tag = 0] = yield* input.take(1);
  if ((tag & 0x80) === 0) throw damaged(FORMAT, "something that is not a packet");
  const isNew = (tag & 0x40) !== 0;
  const type = isNew ? tag & 0x3f : (tag >> 2) & 0x0f;
  let { bytes: left, isPartial } = isNew ? yield* newLength(input) : yield* oldLength(input, tag & 0x03);
  return {
    type,
    *next() {
      while (left === 0 && isPartial) ({ bytes: left, isPartial } = yield* newLength(input));
      if (left === 0) return undefined;
      const piece = yield* input.some(left);
      left -= piece.length;
      return piece;
    },
  };
}

function* newLength(input: Arriving): Reading<Length> {
  const [first = 0] = yield* input.take(1);
  if (first < 192) return { bytes: first, isPartial: false };
  if (first === 255) return { bytes: (yield* input.take(4)).readUInt32BE(0), isPartial: false };
  if (first >= 224) return { bytes: 2 ** (first & 0x1f), isPartial: true };
  const [second = 0] = yield* input.take(1);
  return { bytes: ((first - 192) << 8) + second + 192, isPartial: false };
}

function* oldLength(input: Arriving, kind: number): Reading<Length> {
  if (kind === 3) throw damaged(FORMAT, "a packet without a length, whose end nobody could tell from a cut");
  const width = 2 ** kind;
  return { bytes: (yield* input.take(width)).readUIntBE(0, width), isPartial: false };
}
