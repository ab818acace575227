import { createHmac, createSecretKey, hash, type KeyObject } from "node:crypto";
import type { Secret } from "../model/secret.ts";

/** Who signs, and for where. */
export interface Signatory {
  readonly accessKey: string;
  readonly secretKey: Secret;
  readonly region: string;
}

/** One request as it goes over the wire. Header values are bytes, written as latin1. */
export interface Signable {
  readonly method: string;
  readonly host: string;
  /** Escaped. */
  readonly path: string;
  /** Escaped, sorted by name, without its question mark. */
  readonly query: string;
  /** In lower case: all of them are signed. */
  readonly headers: Readonly<Record<string, string>>;
  /** Hex SHA-256 of the body, or UNSIGNED-PAYLOAD. */
  readonly payload: string;
}

/**
 * Signs requests with version 4; the key of a day is derived once, which is what makes many small requests cheap. Source: AWS, "Signature
 * Version 4 for the Amazon S3 API". Returns all headers to be sent, without `host`.
 */
export function signer({ accessKey, secretKey, region }: Signatory, now: () => Date = () => new Date()) {
  let derived: { readonly day: string; readonly key: KeyObject } | undefined;
  const keyOf = (day: string): KeyObject => {
    if (derived?.day === day) return derived.key;
    const words = [day, region, "s3", "aws4_request"];
    const key = words.reduce<Buffer>(
      (last, word) => hmac(last, word),
      Buffer.from(`AWS4${secretKey.reveal()}`),
    );
    // A key that is made once costs half as much to use as raw bytes.
    derived = { day, key: createSecretKey(key) };
    return derived.key;
  };
  return ({ method, host, path, query, headers, payload }: Signable): Record<string, string> => {
    const time = now()
      .toISOString()
      .replaceAll(/[:-]|\.\d{3}/g, "");
    const day = time.slice(0, 8);
    const sent = { ...headers, "x-amz-content-sha256": payload, "x-amz-date": time };
    const all: Record<string, string> = { ...sent, host };
    const names = Object.keys(all).sort();
    const list = names.join(";");
    const lines = names.map((name) => `${name}:${all[name]?.trim().replaceAll(/ +/g, " ")}\n`).join("");
    const canonical = `${method}\n${path}\n${query}\n${lines}\n${list}\n${payload}`;
    const scope = `${day}/${region}/s3/aws4_request`;
    const digest = hash("sha256", Buffer.from(canonical, "latin1"));
    const signature = hmac(keyOf(day), `AWS4-HMAC-SHA256\n${time}\n${scope}\n${digest}`).toString("hex");
    return {
      ...sent,
      authorization: `AWS4-HMAC-SHA256 Credential=${accessKey}/${scope}, SignedHeaders=${list}, Signature=${signature}`,
    };
  };
}

function hmac(key: Buffer | KeyObject, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}

/** Escapes as signatures want it: everything but letters, digits and `-._~`. */
export function escaped(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
