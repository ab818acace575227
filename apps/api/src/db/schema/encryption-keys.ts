import { createdAt, id, moment, updatedAt } from "../columns.ts";
import { index, pgTable, text, uniqueIndex } from "../orm.ts";
import { organizations } from "./organizations.ts";
import { users } from "./users.ts";

/** OpenPGP keys that archives are encrypted for. A key is kept as long as an archive needs it, also when a newer one took its place. */
export const encryptionKeys = pgTable(
  "encryption_keys",
  {
    id: id(),
    organizationId: text("organization_id")
      .notNull()
      .references(() => organizations.id, { onDelete: "cascade" }),
    name: text("name").notNull(),
    /** 40 upper-case hex characters. */
    fingerprint: text("fingerprint").notNull(),
    algorithm: text("algorithm").notNull(),
    /** ASCII armour. */
    publicKey: text("public_key").notNull(),
    /** ASCII armour without a passphrase, sealed. Null when only somebody else can open what is encrypted for it. */
    sealedPrivateKey: text("sealed_private_key"),
    origin: text("origin", { enum: ["made", "given"] }).notNull(),
    /** Of the key itself; null when it never expires. */
    expiresAt: moment("expires_at"),
    /** The key whose place it takes once its recovery kit is confirmed. */
    replacesId: text("replaces_id"),
    /** SHA-256 in hex of what proves that the newest recovery kit was saved. */
    kitCodeHash: text("kit_code_hash"),
    /** Nothing is encrypted for it before. */
    confirmedAt: moment("confirmed_at"),
    /** Nothing new is encrypted for it since. */
    retiredAt: moment("retired_at"),
    createdBy: text("created_by").references(() => users.id, { onDelete: "set null" }),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (t) => [
    index("encryption_keys_organization_id_idx").on(t.organizationId),
    uniqueIndex("encryption_keys_organization_id_fingerprint_key").on(t.organizationId, t.fingerprint),
  ],
);
