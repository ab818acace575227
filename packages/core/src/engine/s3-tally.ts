import { hash } from "node:crypto";
import type { UnitFacts } from "../model/engine.ts";
import type { Recorded } from "./s3-record.ts";

const MODULUS = 1n << 256n;

/** Counts and digests what a bucket holds, in whatever order it comes. */
export interface Tally {
  add(one: Recorded, sha256: string): void;
  facts(name: string): UnitFacts;
}

/**
 * The digest is the sum of one SHA-256 for each object, over its key, traits and content, modulo 2^256: object stores list in different
 * orders, and a sum does not depend on it.
 */
export function tally(): Tally {
  let sum = 0n;
  const counts = { objects: 0, bytes: 0, versions: 0 };
  return {
    add: (one, sha256) => {
      const { key, bytes, ordinal, isLatest, isDeletion } = one;
      const traits = Object.entries(one.traits).sort(([a], [b]) => (a < b ? -1 : 1));
      const line = JSON.stringify([key, ordinal, isLatest, isDeletion, bytes, sha256, traits]);
      sum = (sum + BigInt(`0x${hash("sha256", line)}`)) % MODULUS;
      if (isLatest && !isDeletion) {
        counts.objects += 1;
        counts.bytes += bytes;
      } else counts.versions += 1;
    },
    facts: (name) => ({
      name,
      counts: { ...counts },
      digests: { objects: sum.toString(16).padStart(64, "0") },
    }),
  };
}
