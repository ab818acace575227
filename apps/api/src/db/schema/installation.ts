import { createdAt, moment } from "../columns.ts";
import { check, pgTable, sql, text } from "../orm.ts";
import { organizations } from "./organizations.ts";

/** One row: who this installation is. */
export const installation = pgTable(
  "installation",
  {
    /** Always `here`, so that there can be only one. */
    slot: text("slot").primaryKey().default("here"),
    /** 32 hex characters; the owner written into every server job's journal. */
    id: text("id").notNull(),
    /** The organization of the instance's owner: it alone may use this machine itself as a server. */
    organizationId: text("organization_id")
      .notNull()
      .references(() => organizations.id, { onDelete: "restrict" }),
    /** Ed25519, SPKI in PEM. Signs manifests. */
    publicKey: text("public_key").notNull(),
    /** PKCS#8 in PEM, sealed. */
    sealedPrivateKey: text("sealed_private_key").notNull(),
    /** A known text sealed with the master key: tells a wrong master key at start, before anything is read with it. */
    sealedProbe: text("sealed_probe").notNull(),
    setUpAt: moment("set_up_at"),
    createdAt: createdAt(),
  },
  (t) => [check("installation_only_one_check", sql`${t.slot} = 'here'`)],
);
