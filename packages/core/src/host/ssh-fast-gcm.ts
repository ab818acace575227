import { createDecipheriv, createSecretKey, type KeyObject } from "node:crypto";
import { createRequire } from "node:module";
import type * as Ssh2 from "ssh2";

/**
 * ssh2 with a faster AES-GCM decipher. Its own hands the key over as bytes for every packet, which on Node 24 costs twice as
 * much as a key object, and deciphers in pieces as they come. This one keeps a key object and deciphers whole packets: a
 * download then takes 0.6 of `ssh cat` instead of 0.9. ssh2 is pinned exactly, because this replaces an inner function of it
 * before its protocol is loaded; nothing else in the house may import ssh2.
 */

/** What ssh2 asks of a decipher (lib/protocol/crypto.js, AESGCMDecipherNative). */
interface Decipher {
  inSeqno: number;
  /** ssh2 puts another receiver here while keys are exchanged again. */
  _onPayload: Receiver;
  free(): void;
  /** Consumes `data` from `start`; returns where it stopped when a packet's receiver says so. */
  decrypt(data: Buffer, start: number, end: number): number | undefined;
}

type Receiver = (payload: Buffer) => number | false | undefined;

interface DecipherConfig {
  readonly inbound: {
    readonly seqno: number;
    readonly onPayload: Receiver;
    readonly decipherInfo: { readonly sslName: string };
    readonly decipherKey: Buffer;
    readonly decipherIV: Buffer;
  };
}

const LENGTH_BYTES = 4;
const TAG_BYTES = 16;
const BLOCK_BYTES = 16;
/** As in ssh2: beyond what the protocol asks (35000), so more is an attack or a broken stream. */
const PACKET_BYTES = 35_000;

interface Cipher {
  readonly name: "aes-128-gcm" | "aes-256-gcm";
  readonly key: KeyObject;
  /** Four fixed bytes and a counter of eight, counted up for every packet. */
  readonly iv: Buffer;
}

/** The payload of one whole packet; throws before a byte of it is used when its tag is wrong. */
function openPacket(cipher: Cipher, packet: Buffer): Buffer {
  const decipher = createDecipheriv(cipher.name, cipher.key, cipher.iv, { authTagLength: TAG_BYTES });
  decipher.setAAD(packet.subarray(0, LENGTH_BYTES));
  decipher.setAuthTag(packet.subarray(packet.length - TAG_BYTES));
  const plain = decipher.update(packet.subarray(LENGTH_BYTES, packet.length - TAG_BYTES));
  decipher.final();
  countUp(cipher.iv);
  const padding = plain[0] ?? 0;
  return plain.subarray(1, plain.length - padding);
}

function countUp(iv: Buffer): void {
  for (let i = iv.length - 1; i >= 4; i -= 1) {
    const next = ((iv[i] ?? 0) + 1) & 0xff;
    iv[i] = next;
    if (next !== 0) return;
  }
}

/** Bytes of the packet that starts here, length and tag included. */
function packetBytes(data: Buffer, at: number): number {
  const length = data.readUInt32BE(at);
  if (
    length < BLOCK_BYTES ||
    length % BLOCK_BYTES !== 0 ||
    length + TAG_BYTES + LENGTH_BYTES > PACKET_BYTES
  ) {
    throw new Error("Bad packet length");
  }
  return LENGTH_BYTES + length + TAG_BYTES;
}

/** Collects a packet that came in pieces. */
function createCollector() {
  let head = Buffer.alloc(0);
  let whole: Buffer | undefined;
  let have = 0;
  return {
    isEmpty: () => have === 0 && head.length === 0,
    /** Takes what the packet still needs; returns how far it came, and the packet once it is whole. */
    take(data: Buffer, start: number, end: number): { at: number; packet?: Buffer } {
      let at = start;
      if (!whole) {
        const step = Math.min(LENGTH_BYTES - head.length, end - at);
        head = Buffer.concat([head, data.subarray(at, at + step)]); // copied: the read buffer is used again
        at += step;
        if (head.length < LENGTH_BYTES) return { at };
        whole = Buffer.allocUnsafe(packetBytes(head, 0));
        have = head.copy(whole);
      }
      const step = Math.min(whole.length - have, end - at);
      have += data.copy(whole, have, at, at + step);
      at += step;
      if (have < whole.length) return { at };
      const packet = whole;
      head = Buffer.alloc(0);
      whole = undefined;
      have = 0;
      return { at, packet };
    },
  };
}

/** Exported for its test alone. */
export function createGcmDecipher(name: Cipher["name"], { inbound }: DecipherConfig): Decipher {
  const cipher = { name, key: createSecretKey(inbound.decipherKey), iv: inbound.decipherIV };
  const collector = createCollector();
  const next = (data: Buffer, at: number, end: number): { at: number; packet?: Buffer } => {
    if (!collector.isEmpty() || end - at < LENGTH_BYTES) return collector.take(data, at, end);
    const bytes = packetBytes(data, at);
    if (end - at < bytes) return collector.take(data, at, end);
    return { at: at + bytes, packet: data.subarray(at, at + bytes) };
  };
  return {
    inSeqno: inbound.seqno,
    _onPayload: inbound.onPayload,
    free: () => undefined,
    decrypt(data, start, end) {
      let at = start;
      while (at < end) {
        const step = next(data, at, end);
        at = step.at;
        if (!step.packet) return undefined;
        const payload = openPacket(cipher, step.packet);
        this.inSeqno = (this.inSeqno + 1) >>> 0;
        const answer = this._onPayload(payload);
        if (answer !== undefined) return answer === false ? at : answer;
      }
      return undefined;
    },
  };
}

interface CryptoModule {
  createDecipher(config: DecipherConfig): Decipher;
}

function isCryptoModule(module: unknown): module is CryptoModule {
  return typeof module === "object" && module !== null && "createDecipher" in module;
}

function loadSsh2(): typeof Ssh2 {
  const load = createRequire(import.meta.url);
  const crypto: unknown = load("ssh2/lib/protocol/crypto.js");
  if (!isCryptoModule(crypto)) throw new Error("this ssh2 is not the one that Cofre was built for");
  const original = crypto.createDecipher;
  crypto.createDecipher = (config) => {
    const name = config.inbound.decipherInfo.sslName;
    return name === "aes-128-gcm" || name === "aes-256-gcm"
      ? createGcmDecipher(name, config)
      : original(config);
  };
  return load("ssh2");
}

/** ssh2, made faster. */
export const ssh2: typeof Ssh2 = loadSsh2();
