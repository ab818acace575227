import type { Readable } from "node:stream";
import { Fault } from "../model/fault.ts";
import { paddingOf, type TarHead } from "./s3-tar.ts";

const BLOCK = 512;
/** Records of one entry: an S3 allows 2 KiB of metadata and ten tags. */
const LONGEST_RECORDS = 1 << 20;

/** What a tar is made of, in its order. The bytes of an entry MUST be read before the next is asked for. */
export type TarPart =
  | { readonly is: "remark"; readonly text: string }
  | { readonly is: "entry"; readonly head: TarHead; readonly bytes: () => AsyncGenerator<Buffer> };

/** Reads a tar to its very last byte. Throws `archive.damaged` for whatever is cut, broken or not a tar of this kind. */
export async function* readTar(source: Readable): AsyncGenerator<TarPart> {
  const reader = new BlockReader(source);
  let records: Record<string, string> = {};
  for (;;) {
    const block = await reader.take(BLOCK);
    if (isEmpty(block)) {
      await reader.toTheEnd();
      return;
    }
    const plain = readHeader(block);
    if (plain.type === "x" || plain.type === "g") {
      const read = readRecords(await reader.takePadded(plain.bytes, LONGEST_RECORDS));
      if (plain.type === "g") yield { is: "remark", text: read.comment ?? "" };
      else records = read;
      continue;
    }
    const head = headOf(plain, records);
    records = {};
    const body = reader.body(head.bytes);
    yield { is: "entry", head, bytes: body.read };
    if (body.left() > 0) throw new Fault("bug", "an entry of a tar was left unread");
    await reader.take(paddingOf(head.bytes));
  }
}

interface Plain {
  readonly type: string;
  readonly path: string;
  readonly bytes: number;
  readonly modifiedAt: Date;
}

function readHeader(block: Buffer): Plain {
  const written = Number.parseInt(block.toString("latin1", 148, 156), 8);
  let sum = 0;
  for (let at = 0; at < BLOCK; at += 1) sum += at >= 148 && at < 156 ? 32 : (block[at] ?? 0);
  if (sum !== written || block.toString("latin1", 257, 262) !== "ustar") {
    throw damaged("a header of the tar is broken");
  }
  const end = block.indexOf(0);
  return {
    type: block.toString("latin1", 156, 157),
    path: block.toString("utf8", 0, end < 0 || end > 100 ? 100 : end),
    bytes: Number.parseInt(block.toString("latin1", 124, 136), 8),
    modifiedAt: new Date(Number.parseInt(block.toString("latin1", 136, 148), 8) * 1000),
  };
}

function headOf(plain: Plain, records: Readonly<Record<string, string>>): TarHead {
  const { path = plain.path, size = String(plain.bytes), ...rest } = records;
  const bytes = Number(size);
  if ((plain.type !== "0" && plain.type !== "5") || !Number.isSafeInteger(bytes) || bytes < 0) {
    throw damaged("the tar holds what no bucket has");
  }
  const kind = plain.type === "0" ? "file" : "folder";
  return { path, kind, bytes: kind === "file" ? bytes : 0, modifiedAt: plain.modifiedAt, records: rest };
}

function readRecords(body: Buffer): Record<string, string> {
  const records: Record<string, string> = {};
  for (let at = 0; at < body.length; ) {
    const space = body.indexOf(32, at);
    const length = Number(body.toString("latin1", at, space));
    const equals = body.indexOf(61, space);
    const isWhole = Number.isInteger(length) && length > 0 && body[at + length - 1] === 10;
    if (space < 0 || equals < 0 || !isWhole) throw damaged("an extended record of the tar is broken");
    records[body.toString("utf8", space + 1, equals)] = body.toString("utf8", equals + 1, at + length - 1);
    at += length;
  }
  return records;
}

function isEmpty(block: Buffer): boolean {
  return block.every((byte) => byte === 0);
}

export function damaged(found: string): Fault {
  return new Fault("archive.damaged", found, {
    hint: "Do not use this backup; choose another, and look for faults of the disk that holds it.",
  });
}

/** Gives a stream's bytes in the sizes that are asked for. */
class BlockReader {
  readonly #chunks: AsyncIterator<Buffer>;
  #held: Buffer = Buffer.alloc(0);

  constructor(source: Readable) {
    this.#chunks = source[Symbol.asyncIterator]();
  }

  /** Exactly so many bytes. */
  async take(bytes: number): Promise<Buffer> {
    if (this.#held.length < bytes) {
      const parts = [this.#held];
      for (let have = this.#held.length; have < bytes; ) {
        const chunk = await this.#next();
        parts.push(chunk);
        have += chunk.length;
      }
      this.#held = Buffer.concat(parts);
    }
    const taken = this.#held.subarray(0, bytes);
    this.#held = this.#held.subarray(bytes);
    return taken;
  }

  async takePadded(bytes: number, most: number): Promise<Buffer> {
    if (!Number.isInteger(bytes) || bytes < 0 || bytes > most) throw damaged("a header of the tar is broken");
    const body = await this.take(bytes);
    await this.take(paddingOf(bytes));
    return body;
  }

  /** Reads the bytes of an entry as they come. */
  body(bytes: number): { read(): AsyncGenerator<Buffer>; left(): number } {
    let left = bytes;
    const reader = this;
    return {
      left: () => left,
      read: async function* () {
        while (left > 0) {
          const chunk = reader.#held.length > 0 ? reader.#held : await reader.#next();
          reader.#held = chunk.subarray(left);
          const own = chunk.subarray(0, left);
          left -= own.length;
          yield own;
        }
      },
    };
  }

  /** After the first empty block: a second one, and nothing but emptiness. */
  async toTheEnd(): Promise<void> {
    if (!isEmpty(await this.take(BLOCK))) throw damaged("the tar goes on behind its end");
    for (;;) {
      if (!isEmpty(this.#held)) throw damaged("the tar goes on behind its end");
      const { value, done } = await this.#chunks.next();
      if (done === true) return;
      this.#held = value;
    }
  }

  async #next(): Promise<Buffer> {
    const { value, done } = await this.#chunks.next();
    if (done === true) throw damaged("the tar is cut");
    return value;
  }
}
