import { createDecipheriv } from "node:crypto";
import { damaged } from "./damage.ts";

const FORMAT = "openpgp";
const TAG_BYTES = 16;
const IV_BYTES = 15;
const HEADER_BYTES = 4 + IV_BYTES;
/** The packet's own tag, new format: part of what is authenticated. */
const PACKET_TAG = 0xc0 | 20;
const VERSION = 1;
const OCB = 2;
/** 4 MiB, the most that is written; a larger one would only serve to fill the memory. */
const LARGEST_CHUNK = 16;

/** What an encrypted packet's body is fed to, piece by piece. */
export interface ContentReader {
  read(piece: Buffer): void;
  end(): void;
}

interface Header {
  readonly info: Buffer;
  readonly iv: Buffer;
  readonly chunkBytes: number;
}

/**
 * Decrypts GnuPG's OCB packet (draft-koch-librepgp, 5.16), which gpg 2.4 writes for keys that it made itself. Cofre never writes it.
 * Every chunk is authenticated before its bytes go on; the last tag tells how many there were.
 */
export function ocbReader(key: Buffer, emit: (plain: Buffer) => void): ContentReader {
  const gathering = gatherer();
  let header: Header | undefined;
  let index = 0;
  let plainBytes = 0;
  const pass = (sealed: Buffer) => {
    const plain = openChunk({ key, header, index }, sealed);
    index += 1;
    plainBytes += plain.length;
    emit(plain);
  };
  return {
    read(piece) {
      gathering.put(piece);
      if (header === undefined) {
        if (gathering.bytes() < HEADER_BYTES) return;
        const all = gathering.take();
        header = headerOf(all);
        gathering.put(all.subarray(HEADER_BYTES));
      }
      const sealedBytes = header.chunkBytes + TAG_BYTES;
      // The last tag follows the last chunk: only what has as much behind it is surely a whole chunk.
      if (gathering.bytes() < sealedBytes + TAG_BYTES) return;
      let rest = gathering.take();
      for (; rest.length >= sealedBytes + TAG_BYTES; rest = rest.subarray(sealedBytes)) {
        pass(rest.subarray(0, sealedBytes));
      }
      gathering.put(rest);
    },
    end() {
      const rest = gathering.take();
      if (rest.length > TAG_BYTES) pass(rest.subarray(0, -TAG_BYTES));
      openChunk({ key, header, index, total: plainBytes }, rest.subarray(-TAG_BYTES));
    },
  };
}

/** Pieces that become one only when there are enough of them. */
function gatherer() {
  let pieces: Buffer[] = [];
  let pending = 0;
  return {
    bytes: () => pending,
    put(piece: Buffer) {
      pieces.push(piece);
      pending += piece.length;
    },
    take(): Buffer {
      const all = Buffer.concat(pieces);
      pieces = [];
      pending = 0;
      return all;
    },
  };
}

interface Chunk {
  readonly key: Buffer;
  readonly header: Header | undefined;
  readonly index: number;
  /** Bytes of all chunks; said with the last tag alone. */
  readonly total?: number;
}

function openChunk({ key, header, index, total }: Chunk, sealed: Buffer): Buffer {
  if (header === undefined || sealed.length < TAG_BYTES)
    throw damaged(FORMAT, "the end of the file too early");
  const decipher = createDecipheriv(cipherFor(key), key, nonceOf(header.iv, index), {
    authTagLength: TAG_BYTES,
  });
  const totals = total === undefined ? [] : [number(total)];
  decipher.setAAD(Buffer.concat([header.info, number(index), ...totals]));
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
  const whole = decipher.update(sealed.subarray(0, -TAG_BYTES));
  try {
    const last = decipher.final(); // OpenSSL keeps a part of a block until then
    return last.length === 0 ? whole : Buffer.concat([whole, last]);
  } catch (error) {
    throw damaged(FORMAT, "another content than was encrypted", error);
  }
}

function cipherFor(key: Buffer) {
  if (key.length === 16) return "aes-128-ocb";
  return key.length === 24 ? "aes-192-ocb" : "aes-256-ocb";
}

function headerOf(bytes: Buffer): Header {
  const [version = 0, , mode = 0, chunk = 0] = bytes;
  if (version !== VERSION || mode !== OCB || chunk > LARGEST_CHUNK) {
    throw damaged(FORMAT, "a kind of encryption that gpg does not write");
  }
  return {
    info: Buffer.concat([Buffer.from([PACKET_TAG]), bytes.subarray(0, 4)]),
    iv: bytes.subarray(4, HEADER_BYTES),
    chunkBytes: 2 ** (chunk + 6),
  };
}

function nonceOf(iv: Buffer, index: number): Buffer {
  const nonce = Buffer.from(iv);
  const counter = number(index);
  for (let at = 0; at < counter.length; at += 1) {
    const place = IV_BYTES - counter.length + at;
    nonce.writeUInt8(nonce.readUInt8(place) ^ counter.readUInt8(at), place);
  }
  return nonce;
}

function number(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
}
