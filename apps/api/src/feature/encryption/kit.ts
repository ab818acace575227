import { createHash, randomInt } from "node:crypto";
import { fileNameOf, lockPrivateKey, recoveryKitText } from "@cofre/core";
import { Secret } from "@cofre/core/model";
import { eq } from "../../db/orm.ts";
import { encryptionKeys } from "../../db/schema/encryption-keys.ts";
import type { ActorContext } from "../../trpc/procedures.ts";
import { conflict } from "../conflict.ts";
import { confirm } from "./change.ts";
import { findKey, toKeyView } from "./get.ts";
import { selectPlaces } from "./rows.ts";
import { openPrivateKey } from "./unlock.ts";
import type { ConfirmKit, EncryptionKeyView, RecoveryKitView } from "./view.ts";

/** Without 0, 1, I and O, which people mix up on paper. */
const LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
const PART = 4;

/** 150 bits, in groups that can be written on paper. */
const newPassphrase = () => new Secret(Array.from({ length: 6 }, () => letters(5)).join("-"));

function letters(count: number): string {
  return Array.from({ length: count }, () => LETTERS[randomInt(LETTERS.length)]).join("");
}

/** What restores archives without Cofre. A new one has a new passphrase and a new code; older ones go on working. */
export async function makeKit(ctx: ActorContext, { id }: { readonly id: string }): Promise<RecoveryKitView> {
  const { db, sealer, now } = ctx.deps;
  const row = await findKey(ctx, id);
  ctx.trail.target = { kind: "key", id: row.id, name: row.name };
  const armored = openPrivateKey(sealer, row);
  if (armored === undefined) {
    throw conflict(
      `Cofre does not hold the private part of ${row.name}, so there is nothing to recover`,
      {},
      "Its owner keeps the private key safe.",
    );
  }
  const passphrase = newPassphrase();
  const code = `${letters(PART)}-${letters(PART)}`;
  const text = recoveryKitText({
    name: row.name,
    key: row,
    lockedKey: await lockPrivateKey(armored, passphrase),
    code,
    madeAt: now(),
    places: await selectPlaces(db, row.organizationId),
  });
  await db
    .update(encryptionKeys)
    .set({ kitCodeHash: hashOf(row.id, code) })
    .where(eq(encryptionKeys.id, row.id));
  return { filename: fileNameOf(row.name), text, passphrase: passphrase.reveal() };
}

/** @throws Fault `state.conflict` when the code is not that of the newest kit */
export async function confirmKit(ctx: ActorContext, { id, code }: ConfirmKit): Promise<EncryptionKeyView> {
  const { db, now } = ctx.deps;
  const row = await findKey(ctx, id);
  ctx.trail.target = { kind: "key", id: row.id, name: row.name };
  if (row.kitCodeHash === null || row.kitCodeHash !== hashOf(row.id, code)) {
    throw conflict(
      "this is not the code of the newest recovery kit of this key",
      {},
      "Open the kit that you saved and type the code near its beginning; or make a new kit.",
    );
  }
  if (row.confirmedAt !== null) return toKeyView(row);
  return toKeyView(await db.transaction((tx) => confirm(tx, row, now())));
}

/** Its last part is enough, however it is written. */
function hashOf(keyId: string, code: string): string {
  const part = code
    .toUpperCase()
    .replace(/[^A-Z0-9]/g, "")
    .slice(-PART);
  return createHash("sha256").update(`${keyId} ${part}`).digest("hex");
}
