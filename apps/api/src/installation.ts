import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify } from "node:crypto";
import { ConfigError } from "./config.ts";
import { newId } from "./db/columns.ts";
import type { Database } from "./db/database.ts";
import { eq } from "./db/orm.ts";
import { installation } from "./db/schema/installation.ts";
import { organizations } from "./db/schema/organizations.ts";
import { projects } from "./db/schema/projects.ts";
import type { Sealer } from "./seal/seal.ts";

/** Who this installation is, to the servers it works on and to the archives it signs. */
export interface Installation {
  /** 32 hex characters. */
  readonly id: string;
  /** The organization whose owner owns the installation. */
  readonly organizationId: string;
  sign(text: string): string;
  verify(text: string, signature: string): boolean;
}

const PLACE = { table: "installation", row: "here" };
const PROBE = "cofre";

/**
 * Reads who we are; at the very first start makes it: an identity with its key pair, the first organization, and the project
 * `default`, which takes in every container.
 *
 * @throws ConfigError when the master key is not the one that the database was sealed with.
 */
export async function loadInstallation(db: Database, sealer: Sealer): Promise<Installation> {
  await db.transaction((tx) => createOnce(tx, sealer));
  const [row] = await db.select().from(installation);
  if (row === undefined) throw new Error("the installation's row is gone");
  if (!opens(sealer, row.sealedProbe)) {
    throw new ConfigError(
      "COFRE_MASTER_KEY (or master.key in the data directory) is not the key that sealed this database's secrets",
    );
  }
  const pem = sealer.open({ ...PLACE, column: "sealed_private_key" }, row.sealedPrivateKey);
  const privateKey = createPrivateKey(pem);
  const publicKey = createPublicKey(row.publicKey);
  return {
    id: row.id,
    organizationId: row.organizationId,
    sign: (text) => sign(null, Buffer.from(text), privateKey).toString("base64"),
    verify: (text, signature) => verify(null, Buffer.from(text), publicKey, Buffer.from(signature, "base64")),
  };
}

function opens(sealer: Sealer, sealed: string): boolean {
  try {
    return sealer.open({ ...PLACE, column: "sealed_probe" }, sealed) === PROBE;
  } catch {
    // Whatever is wrong with it, the key does not open it.
    return false;
  }
}

async function createOnce(tx: Database, sealer: Sealer): Promise<void> {
  const there = await tx.select({ id: installation.id }).from(installation);
  if (there.length > 0) return;
  const pair = generateKeyPairSync("ed25519", {
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
  const organizationId = newId();
  await tx.insert(organizations).values({ id: organizationId, name: "Cofre" });
  const inserted = await tx
    .insert(installation)
    .values({
      id: newId(),
      organizationId,
      publicKey: pair.publicKey,
      sealedPrivateKey: sealer.seal({ ...PLACE, column: "sealed_private_key" }, pair.privateKey),
      sealedProbe: sealer.seal({ ...PLACE, column: "sealed_probe" }, PROBE),
    })
    .onConflictDoNothing()
    .returning({ id: installation.id });
  // Two processes started at once on one PostgreSQL: the other one was first, and made the organization too.
  if (inserted.length === 0) {
    await tx.delete(organizations).where(eq(organizations.id, organizationId));
    return;
  }
  await tx.insert(projects).values({
    organizationId,
    name: "default",
    slug: "default",
    selector: { servers: [], labels: {} },
  });
}
