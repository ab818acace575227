import { randomBytes } from "node:crypto";
import {
  decryptKey,
  decryptSessionKeys,
  encryptKey,
  encryptSessionKey,
  generateKey,
  type Key,
  type PrivateKey as LibraryPrivateKey,
  readKey,
  readMessage,
  readPrivateKey,
} from "openpgp";
import { Fault } from "../model/fault.ts";
import { Secret } from "../model/secret.ts";

/** A public key that archives are encrypted for. */
export interface PublicKey {
  /** 40 upper-case hex characters. */
  readonly fingerprint: string;
  /** ASCII armour, without any private part. */
  readonly armored: string;
}

export interface KnownKey extends PublicKey {
  /** As people know it: `ed25519`, `rsa4096`. */
  readonly algorithm: string;
  readonly userIds: readonly string[];
  readonly createdAt: Date;
  /** Null when it never expires. */
  readonly expiresAt: Date | null;
}

/** A key with its private part, in clear: seal it before it rests. */
export interface PrivateKey {
  readonly known: KnownKey;
  readonly armored: Secret;
}

/** Makes a pair: Ed25519 with an X25519 subkey for encryption, in the packets that gpg reads since 2.1. It does not expire. */
export async function makePrivateKey(name: string): Promise<PrivateKey> {
  const made = await generateKey({
    type: "ecc",
    curve: "curve25519Legacy",
    userIDs: [{ name }],
    format: "object",
  });
  return { known: await known(made.publicKey), armored: new Secret(made.privateKey.armor()) };
}

/**
 * Reads a public key that somebody gave.
 *
 * @throws Fault `input.invalid` when it is no key, a private one, expired, revoked or not for encryption
 */
export async function readPublicKey(armored: string): Promise<KnownKey> {
  const key = await readKey({ armoredKey: armored }).catch((cause: unknown) =>
    unreadable("public key", cause),
  );
  if (key.isPrivate()) {
    throw new Fault("input.invalid", "this is a private key, where a public one belongs", {
      hint: "Export the public part: gpg --armor --export ID.",
    });
  }
  return await known(key);
}

/**
 * Reads a private key that somebody gave, and takes its passphrase off.
 *
 * @throws Fault `input.invalid` when it is no private key, the passphrase is wrong, or it cannot encrypt and decrypt
 */
export async function readPrivatePart(armored: Secret, passphrase?: Secret): Promise<PrivateKey> {
  const locked = await readPrivateKey({ armoredKey: armored.reveal() }).catch((cause: unknown) =>
    unreadable("private key", cause),
  );
  const key = await unlocked(locked, passphrase);
  return { known: await known(key.toPublic()), armored: new Secret(key.armor()) };
}

async function unlocked(key: LibraryPrivateKey, passphrase: Secret | undefined): Promise<LibraryPrivateKey> {
  if (key.isDecrypted()) return key;
  try {
    return await decryptKey({ privateKey: key, passphrase: passphrase?.reveal() ?? "" });
  } catch (error) {
    throw wrongPassphrase(error);
  }
}

/** The private key under a passphrase, as `gpg --import` takes it. */
export async function lockPrivateKey(armored: Secret, passphrase: Secret): Promise<string> {
  const key = await readPrivateKey({ armoredKey: armored.reveal() });
  return (await encryptKey({ privateKey: key, passphrase: passphrase.reveal() })).armor();
}

async function known(key: Key): Promise<KnownKey> {
  try {
    await key.getEncryptionKey();
  } catch (error) {
    throw notForEncryption(error);
  }
  const expires = await key.getExpirationTime();
  const { algorithm, bits, curve } = key.getAlgorithmInfo();
  return {
    fingerprint: key.getFingerprint().toUpperCase(),
    armored: key.armor(),
    algorithm: bits === undefined ? (curve ?? algorithm) : `rsa${bits}`,
    userIds: key.getUserIDs(),
    createdAt: key.getCreationTime(),
    expiresAt: expires instanceof Date ? expires : null,
  };
}

function wrongPassphrase(cause: unknown): Fault {
  return new Fault("input.invalid", "the passphrase does not open this private key", {
    hint: "Give the passphrase with which it was exported.",
    cause,
  });
}

function notForEncryption(cause: unknown): Fault {
  const found = "it has expired, was revoked, or is for signing alone";
  return new Fault("input.invalid", `this key cannot be used to encrypt: ${found}`, {
    hint: "Give a key with an encryption subkey that is valid today.",
    cause,
  });
}

function unreadable(what: string, cause: unknown): never {
  throw new Fault("input.invalid", `this is not an OpenPGP ${what} in ASCII armour`, {
    hint: "It begins with a line -----BEGIN PGP … KEY BLOCK-----.",
    cause,
  });
}

const SESSION_KEY_BYTES = 32;

/** RFC 9580, 9.3. */
const CIPHER_NUMBERS: Readonly<Record<string, number>> = { aes128: 7, aes192: 8, aes256: 9 };
const AES_256 = 9;

/** A fresh key for one archive, and the packets that carry it to each recipient. */
export async function newSessionKey(
  recipients: readonly PublicKey[],
): Promise<{ readonly sessionKey: Secret; readonly packets: Uint8Array }> {
  const data = randomBytes(SESSION_KEY_BYTES);
  const encryptionKeys = await Promise.all(recipients.map(({ armored }) => readKey({ armoredKey: armored })));
  const packets = await encryptSessionKey({ data, algorithm: "aes256", encryptionKeys, format: "binary" });
  return { sessionKey: written(AES_256, data), packets };
}

/** As gpg's `--override-session-key` takes it: the cipher's number, a colon, hex. */
function written(cipher: number, key: Uint8Array): Secret {
  return new Secret(`${cipher}:${Buffer.from(key).toString("hex").toUpperCase()}`);
}

/** Enough of an archive's first bytes for the packets of as many recipients as Cofre writes for. */
export const SESSION_HEAD_BYTES = 16_384;

/**
 * The session key of one archive, from its first bytes and the private keys that may open it; undefined when none does.
 *
 * @throws Fault `archive.damaged` when the bytes are not an OpenPGP message
 */
export async function openSessionKey(
  head: Uint8Array,
  privateKeys: readonly Secret[],
): Promise<Secret | undefined> {
  const packets = sessionKeyPackets(Buffer.from(head));
  if (packets.length === 0) {
    throw new Fault("archive.damaged", "the archive does not begin like one encrypted with OpenPGP", {
      hint: "Do not use this backup; choose another, and look for faults of the disk that holds it.",
    });
  }
  const message = await readMessage({ binaryMessage: packets });
  const decryptionKeys = await Promise.all(
    privateKeys.map((key) => readPrivateKey({ armoredKey: key.reveal() })),
  );
  if (decryptionKeys.length === 0) return undefined;
  const [opened] = await decryptSessionKeys({ message, decryptionKeys }).catch(() => []);
  const cipher = CIPHER_NUMBERS[opened?.algorithm ?? ""];
  return opened === undefined || cipher === undefined ? undefined : written(cipher, opened.data);
}

/** The packets before the content: public-key encrypted session keys, whose lengths are always told (RFC 9580, 5.1). */
function sessionKeyPackets(head: Buffer): Buffer {
  let at = 0;
  for (let next = packetEnd(head, at); next !== undefined; next = packetEnd(head, at)) at = next;
  return head.subarray(0, at);
}

/** Where the session key packet at this place ends; undefined when there is none, or not all of it. */
function packetEnd(head: Buffer, at: number): number | undefined {
  const tag = head[at] ?? 0;
  const isNew = (tag & 0xc0) === 0xc0;
  if ((isNew ? tag & 0x3f : (tag >> 2) & 0x0f) !== 1) return undefined;
  const end = isNew ? newPacketEnd(head, at) : oldPacketEnd(head, at, tag & 0x03);
  return end !== undefined && end <= head.length ? end : undefined;
}

function newPacketEnd(head: Buffer, at: number): number | undefined {
  const first = head[at + 1] ?? 255;
  if (first < 192) return at + 2 + first;
  if (first < 224) return at + 3 + ((first - 192) << 8) + (head[at + 2] ?? 0) + 192;
  return undefined;
}

function oldPacketEnd(head: Buffer, at: number, kind: number): number | undefined {
  const width = 2 ** kind;
  if (kind === 3 || at + 1 + width > head.length) return undefined;
  return at + 1 + width + head.readUIntBE(at + 1, width);
}
