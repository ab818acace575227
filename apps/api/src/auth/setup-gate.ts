import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

/** Guards the first start: whoever reads the console owns the installation. */
export interface SetupGate {
  /** As it is printed: four groups of four. */
  readonly code: string;
  opens(given: string): boolean;
}

/** No letters that people mistake for others. 16 of 32 are 80 bits. */
const ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

/** A code of its own for every start; it lives in memory alone. */
export function newSetupGate(): SetupGate {
  const letters = Array.from(randomBytes(16), (byte) => ALPHABET[byte % ALPHABET.length] ?? "2").join("");
  const digest = digestOf(letters);
  return {
    code: (letters.match(/.{4}/g) ?? []).join("-"),
    opens: (given) => timingSafeEqual(digestOf(given.toUpperCase().replace(/[^0-9A-Z]/g, "")), digest),
  };
}

function digestOf(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
