import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from "node:crypto";
import { z } from "zod";
import { Fault } from "../model/fault.ts";
import { canonicalJson } from "./canonical-json.ts";
import { Manifest } from "./manifest.ts";

/** Who signs manifests and knows its own again: the `Installation` of the operations. */
export interface ManifestSigner {
  readonly id: string;
  sign(text: string): string;
  verify(text: string, signature: string): boolean;
}

/**
 * Whose a manifest is. `own`: signed by this installation, unchanged. `foreign`: another installation's, which cannot be judged
 * from here. `forged`: claims to be ours and is not what we signed, or is not signed at all.
 */
export type ManifestStanding = "own" | "foreign" | "forged";

export interface OpenedManifest {
  readonly manifest: Manifest;
  readonly standing: ManifestStanding;
}

const ALGORITHM = "ed25519";
const PREFIX = `${ALGORITHM}:`;

/** The file: what was signed, and the signature beside it, so that neither needs the other's bytes cut out. */
const ManifestFile = z.object({ manifest: z.unknown(), signature: z.string().optional() });

/** A new installation's private key as PKCS#8 PEM. It is a secret: seal it before it rests. */
export function createInstallationKey(): string {
  return generateKeyPairSync(ALGORITHM).privateKey.export({ type: "pkcs8", format: "pem" }).toString();
}

/** Signs with the installation's Ed25519 key. Throws `input.invalid` when the key is no such key. */
export function createInstallation(id: string, privateKeyPem: string): ManifestSigner {
  const privateKey = readKey(privateKeyPem);
  const publicKey = createPublicKey(privateKey);
  return {
    id,
    sign: (text) => PREFIX + sign(null, Buffer.from(text), privateKey).toString("base64"),
    verify: (text, signature) => {
      if (!signature.startsWith(PREFIX)) return false;
      const bytes = Buffer.from(signature.slice(PREFIX.length), "base64");
      return verify(null, Buffer.from(text), publicKey, bytes);
    },
  };
}

/** The text of the manifest's file: readable by people, the signature beside what it signs. */
export function sealManifest(manifest: Manifest, signer: ManifestSigner): string {
  const signature = signer.sign(canonicalJson(manifest));
  return `${JSON.stringify({ manifest, signature }, null, 2)}\n`;
}

/**
 * Reads a manifest's file and says whose it is. Throws `archive.damaged` when the text is not whole, `archive.foreign` when it is
 * not a manifest that this version knows.
 */
export function openManifest(text: string, signer: ManifestSigner): OpenedManifest {
  const file = ManifestFile.safeParse(parse(text));
  const manifest = Manifest.safeParse(file.data?.manifest);
  if (!manifest.success) {
    throw new Fault("archive.foreign", "the file is not a manifest that this Cofre knows", {
      hint: "If a newer Cofre wrote it, update this one; otherwise take the archive in as an upload.",
      cause: file.error ?? manifest.error,
    });
  }
  if (manifest.data.installationId !== signer.id) return { manifest: manifest.data, standing: "foreign" };
  // What was written is verified, not what the schema kept of it: a later version may have added members.
  const isOwn = signer.verify(canonicalJson(file.data?.manifest), file.data?.signature ?? "");
  return { manifest: manifest.data, standing: isOwn ? "own" : "forged" };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw notWhole(error);
  }
}

function notWhole(cause: unknown): Fault {
  return new Fault("archive.damaged", "the manifest is not whole", {
    hint: "The archive beside it may still be good: take it in as an upload.",
    cause,
  });
}

function readKey(privateKeyPem: string): KeyObject {
  try {
    const key = createPrivateKey(privateKeyPem);
    if (key.asymmetricKeyType === ALGORITHM) return key;
  } catch {
    // A text that is no key at all is told in the same words; the cause would quote none of it either way.
  }
  throw new Fault("input.invalid", "the installation's key is not an Ed25519 private key in PEM");
}
