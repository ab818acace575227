import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";
import { Transform } from "node:stream";
import { Fault } from "../model/fault.ts";
import type { Secret } from "../model/secret.ts";
import { damaged } from "./damage.ts";
import { type ContentReader, ocbReader } from "./openpgp-ocb.ts";
import { type Arriving, arriving, PACKET, packetWriter, type Reader, readPacket } from "./openpgp-packets.ts";

const FORMAT = "openpgp";
const BLOCK_BYTES = 16;
/** Random bytes before the content, the last two of them twice. */
const PREFIX_BYTES = BLOCK_BYTES + 2;
const DIGEST_HEADER = Buffer.from([0xc0 | PACKET.digest, 20]);
const TRAILER_BYTES = DIGEST_HEADER.length + 20;
const CONTENT_HEADER = Buffer.from([0x62, 0, 0, 0, 0, 0]); // binary, no name, no date

/** The ciphers that a session key may be for, by their number in RFC 9580. */
const CIPHERS: Readonly<Record<string, { readonly name: string; readonly bytes: number }>> = {
  "7": { name: "aes-128-cfb", bytes: 16 },
  "8": { name: "aes-192-cfb", bytes: 24 },
  "9": { name: "aes-256-cfb", bytes: 32 },
};

/**
 * Encrypts to an integrity protected packet (RFC 9580, 5.13.1), which every gpg since 2003 reads. `opening` gives the key and the
 * packets with the key for each recipient. The packets are written here, and not by openpgp.js, because its stream takes ten
 * times the processor time of node:crypto for the same bytes and grows with them (openpgp 6.3, Node 24).
 */
export function encrypting(
  opening: () => Promise<{ readonly sessionKey: Secret; readonly packets: Uint8Array }>,
): Transform {
  let write: ((plain: Buffer) => Buffer) | undefined;
  let end: (() => Buffer) | undefined;
  return new Transform({
    construct(done) {
      opening().then(({ sessionKey, packets }) => {
        const message = messageWriter(sessionKey);
        this.push(packets);
        this.push(message.begin());
        ({ write, end } = message);
        done();
      }, done);
    },
    transform(plain: Buffer, _encoding, done) {
      done(null, write?.(plain));
    },
    flush(done) {
      done(null, end?.());
    },
  });
}

function messageWriter(sessionKey: Secret) {
  const { name, key } = cipherOf(sessionKey);
  const cipher = createCipheriv(name, key, Buffer.alloc(BLOCK_BYTES));
  const digest = createHash("sha1"); // what the format prescribes; it is itself encrypted
  const outer = packetWriter(PACKET.encrypted);
  const inner = packetWriter(PACKET.literal);
  const seal = (plain: Buffer) => {
    if (plain.length === 0) return plain;
    digest.update(plain);
    return outer.write(cipher.update(plain));
  };
  return {
    begin: () => {
      const random = randomBytes(BLOCK_BYTES);
      const version = outer.write(Buffer.from([1]));
      const prefix = seal(Buffer.concat([random, random.subarray(-2)]));
      return Buffer.concat([version, prefix, seal(inner.write(CONTENT_HEADER))]);
    },
    write: (plain: Buffer) => seal(inner.write(plain)),
    end: () => {
      const last = seal(Buffer.concat([inner.end(), DIGEST_HEADER]));
      return Buffer.concat([last, outer.write(cipher.update(digest.digest())), outer.end()]);
    },
  };
}

/** Decrypts what `encrypting` or gpg wrote. Plain bytes flow before the end was seen: only the stream's peaceful end vouches for them. */
export function decrypting(sessionKey: Secret): Transform {
  let reader: Reader | undefined;
  const step = (chunk: Buffer | null) => {
    if (reader?.next(chunk).done === true && chunk !== null) throw damaged(FORMAT, "bytes behind its end");
  };
  const stepping = (chunk: Buffer | null, done: (error?: Error) => void) => {
    try {
      step(chunk);
      done();
    } catch (error) {
      done(error instanceof Error ? error : damaged(FORMAT, "an unreadable packet", error));
    }
  };
  return new Transform({
    construct(done) {
      reader = messageReader(sessionKey, (plain) => this.push(plain));
      stepping(null, done); // runs to the first wait
    },
    transform: (chunk: Buffer, _encoding, done) => stepping(chunk, done),
    flush: (done) => stepping(null, done),
  });
}

function* messageReader(sessionKey: Secret, emit: (plain: Buffer) => void): Reader {
  const input = arriving();
  let isRead = false;
  while (!(yield* input.isOver())) {
    if (isRead) throw damaged(FORMAT, "bytes behind its end");
    isRead = yield* readOuter(input, { sessionKey, emit });
  }
  if (!isRead) throw damaged(FORMAT, "no encrypted content");
}

interface Decrypting {
  readonly sessionKey: Secret;
  readonly emit: (plain: Buffer) => void;
}

/** True once it was the content. */
function* readOuter(input: Arriving, decrypting: Decrypting): Generator<undefined, boolean, Buffer | null> {
  const packet = yield* readPacket(input);
  const { type } = packet;
  if (type !== PACKET.encrypted && type !== PACKET.encryptedByOcb) {
    if (type !== PACKET.sessionKey && type !== PACKET.marker && type !== PACKET.padding) throw foreign(type);
    while ((yield* packet.next()) !== undefined);
    return false;
  }
  const content = type === PACKET.encrypted ? contentReader(decrypting) : ocbContent(decrypting);
  for (let piece = yield* packet.next(); piece !== undefined; piece = yield* packet.next())
    content.read(piece);
  content.end();
  return true;
}

function ocbContent({ sessionKey, emit }: Decrypting): ContentReader {
  const inner = literalReader(emit, 0);
  inner.next();
  const reader = ocbReader(cipherOf(sessionKey).key, (plain) => void inner.next(plain));
  return {
    read: reader.read,
    end: () => {
      reader.end();
      inner.next(null);
    },
  };
}

/** Decrypts the body of the encrypted packet and hands what is inside to a reader of its own. */
function contentReader({ sessionKey, emit }: Decrypting): ContentReader {
  const { name, key } = cipherOf(sessionKey);
  const decipher = createDecipheriv(name, key, Buffer.alloc(BLOCK_BYTES));
  const digest = createHash("sha1");
  const inner = literalReader(emit, PREFIX_BYTES);
  inner.next();
  let isVersionRead = false;
  let held = Buffer.alloc(0);
  return {
    read(piece: Buffer) {
      let sealed = piece;
      if (!isVersionRead) {
        if (piece[0] !== 1) throw foreign(PACKET.encrypted);
        isVersionRead = true;
        sealed = piece.subarray(1);
      }
      // The trailer is known only by being last: so many bytes are always held back.
      const plain = Buffer.concat([held, decipher.update(sealed)]);
      const passing = plain.subarray(0, Math.max(0, plain.length - TRAILER_BYTES));
      held = plain.subarray(passing.length);
      digest.update(passing);
      if (passing.length > 0) inner.next(passing);
    },
    end() {
      const isHeader = held.subarray(0, DIGEST_HEADER.length).equals(DIGEST_HEADER);
      digest.update(DIGEST_HEADER);
      if (!isHeader || !held.subarray(DIGEST_HEADER.length).equals(digest.digest())) {
        throw damaged(FORMAT, "another content than was encrypted, or the end of the file too early");
      }
      inner.next(null);
    },
  };
}

function* literalReader(emit: (plain: Buffer) => void, prefixBytes: number): Reader {
  const input = arriving();
  yield* input.take(prefixBytes);
  const packet = yield* readPacket(input);
  if (packet.type !== PACKET.literal) throw foreign(packet.type);
  yield* skipContentHeader(packet, emit);
  for (let piece = yield* packet.next(); piece !== undefined; piece = yield* packet.next()) emit(piece);
  if (!(yield* input.isOver())) throw damaged(FORMAT, "bytes behind its content");
}

/** Format, name and date come before the content, and may be cut into any pieces. */
function* skipContentHeader(
  packet: { next(): Generator<undefined, Buffer | undefined, Buffer | null> },
  emit: (plain: Buffer) => void,
): Generator<undefined, void, Buffer | null> {
  let head = Buffer.alloc(0);
  const wanted = () => CONTENT_HEADER.length + (head[1] ?? 0);
  while (head.length < 2 || head.length < wanted()) {
    const piece = yield* packet.next();
    if (piece === undefined) throw damaged(FORMAT, "a content without its header");
    head = Buffer.concat([head, piece]);
  }
  if (head.length > wanted()) emit(head.subarray(wanted()));
}

function cipherOf(sessionKey: Secret): { readonly name: string; readonly key: Buffer } {
  const [number = "", hex = ""] = sessionKey.reveal().split(":");
  const cipher = CIPHERS[number];
  const key = Buffer.from(hex, "hex");
  if (cipher !== undefined && key.length === cipher.bytes) return { name: cipher.name, key };
  throw new Fault("archive.foreign", "the archive is encrypted with a cipher that Cofre does not know", {
    hint: "Decrypt it with gpg itself, and use the result.",
    context: { cipher: number },
  });
}

function foreign(type: number): Fault {
  return new Fault(
    "archive.foreign",
    `the archive holds OpenPGP packets of type ${type}, which Cofre does not write`,
    {
      hint: "Decrypt it with gpg itself, and use the result.",
      context: { type },
    },
  );
}
