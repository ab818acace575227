import { type KnownKey, makePrivateKey, readPrivatePart, readPublicKey } from "@cofre/core";
import { Fault, Secret } from "@cofre/core/model";
import { userIdOf } from "../../auth/actor.ts";
import { newId } from "../../db/columns.ts";
import type { Database } from "../../db/database.ts";
import { eq } from "../../db/orm.ts";
import { encryptionKeys } from "../../db/schema/encryption-keys.ts";
import type { ActorContext } from "../../trpc/procedures.ts";
import { absent } from "../absent.ts";
import { conflict } from "../conflict.ts";
import { violatedUnique } from "../unique.ts";
import { findKey, toKeyView } from "./get.ts";
import { type KeyRow, replaceInChoices, usesOf } from "./rows.ts";
import { sealPrivateKey } from "./unlock.ts";
import type { CreateEncryptionKey, EncryptionKeyView } from "./view.ts";

/**
 * Makes a key, or takes one that is given. A key with a private part waits for its recovery kit to be confirmed; a public key alone
 * has none, because its owner holds what opens it.
 */
export async function createKey(ctx: ActorContext, input: CreateEncryptionKey): Promise<EncryptionKeyView> {
  const { deps, actor } = ctx;
  const replaced = input.replaces === undefined ? undefined : await findKey(ctx, input.replaces);
  const { known, armored, origin } = await keyFrom(input);
  if (replaced !== undefined && replaced.sealedPrivateKey !== null && armored === undefined) {
    throw conflict("a public key alone cannot take the place of one that Cofre can open");
  }
  const id = newId(deps.now());
  ctx.trail.target = { kind: "key", id, name: input.name };
  const row = await deps.db.transaction(async (tx) => {
    const values = {
      ...{ id, organizationId: actor.organizationId, name: input.name, origin },
      ...{ fingerprint: known.fingerprint, algorithm: known.algorithm, publicKey: known.armored },
      sealedPrivateKey: armored === undefined ? null : sealPrivateKey(deps.sealer, id, armored),
      expiresAt: known.expiresAt,
      replacesId: replaced?.id ?? null,
      createdBy: userIdOf(actor),
    };
    const [written] = await tx.insert(encryptionKeys).values(values).returning().catch(refuseSame);
    if (written === undefined) throw absent("key");
    return armored === undefined ? await confirm(tx, written, deps.now()) : written;
  });
  return toKeyView(row);
}

async function keyFrom({ name, publicKey, privateKey, passphrase }: CreateEncryptionKey): Promise<{
  readonly known: KnownKey;
  readonly armored: Secret | undefined;
  readonly origin: "made" | "given";
}> {
  if (publicKey !== undefined && privateKey !== undefined) {
    throw new Fault("input.invalid", "a key is given by its public or by its private part, not by both", {
      hint: "The private part holds the public one.",
    });
  }
  if (publicKey !== undefined) {
    return { known: await readPublicKey(publicKey), armored: undefined, origin: "given" };
  }
  if (privateKey === undefined) return { ...(await makePrivateKey(name)), origin: "made" };
  const words = passphrase === undefined ? undefined : new Secret(passphrase);
  return { ...(await readPrivatePart(new Secret(privateKey), words)), origin: "given" };
}

function refuseSame(error: unknown): never {
  if (violatedUnique(error) === "encryption_keys_organization_id_fingerprint_key") {
    throw conflict("this key is among the keys already");
  }
  throw error;
}

/** From now on archives may be encrypted for it; the key whose place it takes only opens what it closed. */
export async function confirm(tx: Database, row: KeyRow, now: Date): Promise<KeyRow> {
  const { organizationId, replacesId } = row;
  if (replacesId !== null) {
    await replaceInChoices(tx, organizationId, { from: replacesId, to: row.id });
    await tx.update(encryptionKeys).set({ retiredAt: now }).where(eq(encryptionKeys.id, replacesId));
  }
  const [written] = await tx
    .update(encryptionKeys)
    .set({ confirmedAt: now })
    .where(eq(encryptionKeys.id, row.id))
    .returning();
  if (written === undefined) throw absent("key");
  return written;
}

/** Only a key that nothing needs can be removed: without it its archives are lost. */
export async function removeKey(ctx: ActorContext, { id }: { readonly id: string }): Promise<void> {
  const { db } = ctx.deps;
  const row = await findKey(ctx, id);
  ctx.trail.target = { kind: "key", id: row.id, name: row.name };
  const { archives, choices } = await usesOf(db, row);
  if (archives > 0) {
    throw conflict(
      `${archives} archives are encrypted for ${row.name}, and without it they cannot be restored`,
      { archives },
      "Replace it by another key for new backups; it can be removed once its archives are gone.",
    );
  }
  if (choices > 0) {
    throw conflict(
      `${choices} resources or projects encrypt their backups for ${row.name}`,
      { choices },
      "Choose another key there first.",
    );
  }
  await db.delete(encryptionKeys).where(eq(encryptionKeys.id, row.id));
}
