import { createHash, createPrivateKey, type KeyObject } from "node:crypto";
import type { ServerHostKeyAlgorithm } from "ssh2";
import { Fault } from "../model/fault.ts";
import type { Secret } from "../model/secret.ts";
import { ssh2 } from "./ssh-fast-gcm.ts";

/** A server's key as people compare it. */
export interface SshHostKey {
  /** As in a `known_hosts` file: `ssh-ed25519`, `ecdsa-sha2-nistp256`, `ssh-rsa`. */
  readonly type: string;
  /** As `ssh-keygen -l` prints it: `SHA256:…`. */
  readonly sha256: string;
}

/** Type and print of a host key as it travels: its first field is the type. */
export function describeHostKey(blob: Buffer): SshHostKey {
  const typeBytes = blob.readUInt32BE(0);
  return {
    type: blob.toString("ascii", 4, 4 + typeBytes),
    sha256: `SHA256:${createHash("sha256").update(blob).digest("base64").replace(/=+$/, "")}`,
  };
}

export function isSameHostKey(a: SshHostKey, b: SshHostKey): boolean {
  const bare = (print: string) => print.replace(/^SHA256:/, "").replace(/=+$/, "");
  return a.type === b.type && bare(a.sha256) === bare(b.sha256);
}

const SIGNATURES: Readonly<Record<string, ServerHostKeyAlgorithm[]>> = {
  "ssh-ed25519": ["ssh-ed25519"],
  "ecdsa-sha2-nistp256": ["ecdsa-sha2-nistp256"],
  "ecdsa-sha2-nistp384": ["ecdsa-sha2-nistp384"],
  "ecdsa-sha2-nistp521": ["ecdsa-sha2-nistp521"],
  // SHA-1 signatures (`ssh-rsa` itself) are left out on purpose.
  "ssh-rsa": ["rsa-sha2-512", "rsa-sha2-256"],
};

/** The signature algorithms of one type of key, so that a server cannot answer with another key than the pinned one. */
export function signaturesOf(type: string): ServerHostKeyAlgorithm[] {
  const known = SIGNATURES[type];
  if (known) return known;
  throw new Fault("server.host-key", `host keys of type ${type} are not supported`, {
    hint: `Read the server's key again and confirm one of ${Object.keys(SIGNATURES).join(", ")}.`,
  });
}

/**
 * A private key in the form ssh2 reads: OpenSSH's, PEM and PuTTY's formats as they are, PKCS#8 rewritten. Line ends and
 * space around it are forgiven, keys are pasted.
 * Throws `server.auth` when the passphrase is missing or wrong, or the key cannot be read.
 */
export function readPrivateKey(key: Secret, passphrase: Secret | undefined): string {
  const text = `${key.reveal().replaceAll("\r\n", "\n").trim()}\n`;
  const words = passphrase?.reveal();
  if (/-----BEGIN (ENCRYPTED )?PRIVATE KEY-----/.test(text)) return rewritePkcs8(text, words);
  const parsed = ssh2.utils.parseKey(text, words);
  if (parsed instanceof Error) throw keyFault(text, parsed.message, words !== undefined);
  return text;
}

function rewritePkcs8(text: string, passphrase: string | undefined): string {
  const isEncrypted = text.includes("ENCRYPTED");
  if (isEncrypted && !passphrase) throw keyFault(text, "encrypted, but no passphrase given", false);
  const key = openPkcs8(text, passphrase);
  if (key.asymmetricKeyType === "rsa") return exportPem(key, "pkcs1");
  if (key.asymmetricKeyType === "ec") return exportPem(key, "sec1");
  if (key.asymmetricKeyType === "ed25519") return openSshEd25519(key);
  throw keyFault(text, `unsupported type ${key.asymmetricKeyType ?? "unknown"}`, false);
}

function openPkcs8(text: string, passphrase: string | undefined): KeyObject {
  try {
    return createPrivateKey({
      key: text,
      format: "pem",
      ...(passphrase === undefined ? {} : { passphrase }),
    });
  } catch (error) {
    const words = error instanceof Error ? error.message : "";
    throw keyFault(text, words, text.includes("ENCRYPTED"));
  }
}

function exportPem(key: KeyObject, type: "pkcs1" | "sec1"): string {
  return key.export({ type, format: "pem" }).toString();
}

/** ed25519 has no PEM of its own; this is OpenSSH's format without encryption (its PROTOCOL.key). */
function openSshEd25519(key: KeyObject): string {
  const { x = "", d = "" } = key.export({ format: "jwk" });
  const publicKey = Buffer.from(x, "base64url");
  const type = field("ssh-ed25519");
  const publicBlob = Buffer.concat([type, field(publicKey)]);
  const secret = Buffer.concat([Buffer.from(d, "base64url"), publicKey]);
  const check = Buffer.from("cofrecof");
  const body = Buffer.concat([check.fill("cofr"), publicBlob, field(secret), field("")]);
  const padding = Buffer.from(Array.from({ length: (8 - (body.length % 8)) % 8 }, (_, i) => i + 1));
  const count = Buffer.from([0, 0, 0, 1]);
  const blob = Buffer.concat([
    Buffer.from("openssh-key-v1\0"),
    ...["none", "none", ""].map(field),
    count,
    field(publicBlob),
    field(Buffer.concat([body, padding])),
  ]);
  const lines = blob.toString("base64").replace(/.{70}(?=.)/g, "$&\n");
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${lines}\n-----END OPENSSH PRIVATE KEY-----\n`;
}

function field(value: string | Buffer): Buffer {
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** ssh2 and OpenSSL tell a missing or wrong passphrase only in words; the words decide the hint, never the code. */
function keyFault(text: string, words: string, hadPassphrase: boolean): Fault {
  if (!hadPassphrase && (/passphrase/i.test(words) || text.includes("ENCRYPTED"))) {
    return new Fault("server.auth", "the private key is locked with a passphrase and none was given", {
      hint: "Enter the key's passphrase.",
    });
  }
  if (hadPassphrase && /passphrase|integrity|decrypt|Malformed|bad/i.test(words)) {
    return new Fault("server.auth", "the passphrase does not open the private key", {
      hint: "Check the key's passphrase; capital letters and accents count.",
    });
  }
  return new Fault("server.auth", "the private key cannot be read", {
    hint: "Paste the whole private key file, from its BEGIN line to its END line, not the .pub file.",
    context: { reason: words.slice(0, 200) },
  });
}
