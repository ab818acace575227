import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import { Fault } from "@cofre/core/model";

/** Where a sealed value lives. It opens nowhere else: a row's secret copied into another row is worthless. */
export interface SealPlace {
  readonly table: string;
  readonly row: string;
  readonly column: string;
}

/** Seals secrets before they rest in the database (AES-256-GCM under the master key). */
export interface Sealer {
  seal(place: SealPlace, clear: string): string;
  /** @throws Fault `bug` when the value was altered, moved, or sealed under a key that is not known here. */
  open(place: SealPlace, sealed: string): string;
  /** 32 bytes for another purpose, derived from the master key: the same purpose gives the same bytes. */
  derive(purpose: string): Buffer;
}

const IV_BYTES = 12;
const TAG_BYTES = 16;

/**
 * @param keys master keys by version, 32 bytes each; the highest version seals, all of them open.
 *
 * Layout: `s1.<key version>.<base64url of iv, tag, ciphertext>`; the place is authenticated as associated data.
 */
export function sealerOf(keys: ReadonlyMap<number, Buffer>): Sealer {
  const current = Math.max(...keys.keys());
  return {
    seal: (place, clear) =>
      `s1.${current}.${encrypt(keyOf(keys, current), place, clear).toString("base64url")}`,
    open: (place, sealed) => {
      const [layout, version, body] = sealed.split(".");
      if (layout !== "s1" || version === undefined || body === undefined) throw unreadable(place);
      return decrypt(keyOf(keys, Number(version)), place, Buffer.from(body, "base64url"));
    },
    derive: (purpose) => Buffer.from(hkdfSync("sha256", keyOf(keys, current), "", `cofre ${purpose}`, 32)),
  };
}

function keyOf(keys: ReadonlyMap<number, Buffer>, version: number): Buffer {
  const key = keys.get(version);
  if (key !== undefined) return key;
  throw new Fault(
    "bug",
    `a secret was sealed with version ${version} of the master key, which is not known here`,
    {
      hint: "Start Cofre with the master key that sealed it.",
    },
  );
}

function encrypt(key: Buffer, place: SealPlace, clear: string): Buffer {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv("aes-256-gcm", key, iv);
  cipher.setAAD(associated(place));
  const body = Buffer.concat([cipher.update(clear, "utf8"), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), body]);
}

function decrypt(key: Buffer, place: SealPlace, sealed: Buffer): string {
  if (sealed.length < IV_BYTES + TAG_BYTES) throw unreadable(place);
  const decipher = createDecipheriv("aes-256-gcm", key, sealed.subarray(0, IV_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(associated(place));
  decipher.setAuthTag(sealed.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]).toString(
      "utf8",
    );
  } catch (cause) {
    throw unreadable(place, cause);
  }
}

function associated(place: SealPlace): Buffer {
  return Buffer.from(JSON.stringify([place.table, place.row, place.column]), "utf8");
}

function unreadable({ table, column }: SealPlace, cause?: unknown): Fault {
  return new Fault("bug", `a sealed value in ${table}.${column} cannot be opened with this master key`, {
    hint: "Start Cofre with the master key that sealed it.",
    cause,
  });
}
