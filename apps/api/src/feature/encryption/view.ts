import { MOST_RECIPIENTS } from "@cofre/core";
import { z } from "zod";

export const EncryptionKeyView = z.object({
  id: z.string(),
  name: z.string(),
  /** 40 upper-case hex characters. */
  fingerprint: z.string(),
  algorithm: z.string(),
  origin: z.enum(["made", "given"]),
  /** Whether Cofre holds the private part, and so can restore and validate. */
  canDecrypt: z.boolean(),
  /** `unconfirmed` until its recovery kit is confirmed; `retired` keys only open what they closed. */
  state: z.enum(["unconfirmed", "active", "retired"]),
  /** ASCII armour. */
  publicKey: z.string(),
  expiresAt: z.string().nullable(),
  replacesId: z.string().nullable(),
  confirmedAt: z.string().nullable(),
  retiredAt: z.string().nullable(),
  createdAt: z.string(),
});
export type EncryptionKeyView = z.infer<typeof EncryptionKeyView>;

const armored = z.string().max(200_000);

export const CreateEncryptionKey = z.object({
  name: z.string().trim().min(1).max(120),
  /** A public key alone: only its owner can open what is encrypted for it, so it goes beside a key that Cofre can open. */
  publicKey: armored.optional(),
  /** A private key to be kept by Cofre; without either key Cofre makes one. */
  privateKey: armored.optional(),
  /** Of the private key, when it has one. */
  passphrase: z.string().max(1_000).optional(),
  /** Id of the key whose place it takes, for new backups, once its recovery kit is confirmed. */
  replaces: z.string().optional(),
});
export type CreateEncryptionKey = z.infer<typeof CreateEncryptionKey>;

/** Shown once: neither the passphrase nor the code is kept. */
export const RecoveryKitView = z.object({ filename: z.string(), text: z.string(), passphrase: z.string() });
export type RecoveryKitView = z.infer<typeof RecoveryKitView>;

export const ConfirmKit = z.object({
  id: z.string(),
  /** The code in the kit, or its last four characters. */
  code: z.string().trim().min(4).max(40),
});
export type ConfirmKit = z.infer<typeof ConfirmKit>;

export const EncryptionChoice = z.object({
  /** `inherit` leaves it to the project; there it means `plain`. */
  mode: z.enum(["inherit", "plain", "encrypted"]),
  /** With `encrypted`: keys, each of which opens the archives; at least one whose private part Cofre holds. */
  keyIds: z.array(z.string()).max(MOST_RECIPIENTS),
});
export type EncryptionChoice = z.infer<typeof EncryptionChoice>;
