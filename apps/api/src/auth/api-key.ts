import { createHash, randomBytes } from "node:crypto";

const PREFIX = "cofre_";

/** A new key: shown once, never kept. 256 random bits. */
export function newApiKey(): string {
  return PREFIX + randomBytes(32).toString("base64url");
}

export function hashApiKey(key: string): string {
  return createHash("sha256").update(key).digest("hex");
}

/** Enough to tell it from others, far too little to guess it. */
export function startOfApiKey(key: string): string {
  return key.slice(0, PREFIX.length + 6);
}

/** The key of an Authorization header; undefined when there is none of ours. */
export function bearerOf(headers: Headers): string | undefined {
  const match = /^Bearer\s+(\S+)$/i.exec(headers.get("authorization") ?? "");
  return match?.[1];
}
