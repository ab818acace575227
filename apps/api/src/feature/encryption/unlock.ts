import { openSessionKey, type Unlock } from "@cofre/core";
import { Secret } from "@cofre/core/model";
import type { Deps } from "../../deps.ts";
import type { Sealer } from "../../seal/seal.ts";
import { conflict } from "../conflict.ts";
import { type KeyRow, selectAllKeys } from "./rows.ts";

const place = (row: string) => ({ table: "encryption_keys", row, column: "sealed_private_key" });

export function sealPrivateKey(sealer: Sealer, keyId: string, armored: Secret): string {
  return sealer.seal(place(keyId), armored.reveal());
}

/** Undefined when Cofre does not hold it. */
export function openPrivateKey(sealer: Sealer, { id, sealedPrivateKey }: KeyRow): Secret | undefined {
  return sealedPrivateKey === null ? undefined : new Secret(sealer.open(place(id), sealedPrivateKey));
}

/**
 * Opens archives of one organization with its keys, retired ones too. The private keys stay in this process: out goes the key of
 * that one archive.
 */
export function unlockFor({ db, sealer }: Pick<Deps, "db" | "sealer">, organizationId: string): Unlock {
  return async (head, recipients) => {
    const rows = await selectAllKeys(db, organizationId);
    const named = rows.filter((row) => recipients.includes(row.fingerprint));
    const privateKeys = (named.length > 0 ? named : rows).flatMap((row) => {
      const key = openPrivateKey(sealer, row);
      return key === undefined ? [] : [key];
    });
    const sessionKey = await openSessionKey(head, privateKeys);
    if (sessionKey !== undefined) return sessionKey;
    throw conflict(
      "this archive is encrypted, and Cofre holds no private key that opens it",
      { recipients: recipients.join(" ") },
      "Add the private key to the organization's keys, or open the archive with gpg and upload the result.",
    );
  };
}
