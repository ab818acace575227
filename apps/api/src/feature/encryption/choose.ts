import type { PublicKey } from "@cofre/core";
import type { Database } from "../../db/database.ts";
import { and, eq, or } from "../../db/orm.ts";
import { encryptionChoices } from "../../db/schema/encryption-choices.ts";
import type { ResourceRow } from "../../reach/reach.ts";
import type { ActorContext } from "../../trpc/procedures.ts";
import { absent } from "../absent.ts";
import { conflict } from "../conflict.ts";
import { findProject } from "../projects/get.ts";
import { findResource } from "../resources/get.ts";
import { type KeyRow, selectAllKeys, selectKeysById } from "./rows.ts";
import type { EncryptionChoice } from "./view.ts";

const INHERITED: EncryptionChoice = { mode: "inherit", keyIds: [] };

type OfResource = Pick<ResourceRow, "id" | "projectId" | "organizationId" | "name">;

/**
 * Ids of the keys for which a backup is to be encrypted: as the resource's choice says, else its project's, else none. `wanted` is what
 * the caller asked for: a key, or just to encrypt. What was chosen for all backups cannot be declined for one.
 *
 * @throws Fault `not.found`, `state.conflict`
 */
export async function keysFor(
  db: Database,
  resource: OfResource,
  wanted: boolean | string | undefined,
): Promise<readonly string[]> {
  if (typeof wanted === "string") return await usable(db, resource, [wanted]);
  const chosen = await chosenFor(db, resource);
  if (wanted === false && chosen.length > 0) {
    throw conflict(
      `the backups of ${resource.name} are to be encrypted`,
      {},
      "Leave `encrypt` out, or ask an admin to change what is chosen for the resource.",
    );
  }
  if (chosen.length > 0) return await usable(db, resource, chosen);
  return wanted === true ? [await onlyKey(db, resource)] : [];
}

async function chosenFor(db: Database, { id, projectId }: OfResource): Promise<readonly string[]> {
  const rows = await db
    .select()
    .from(encryptionChoices)
    .where(or(eq(encryptionChoices.resourceId, id), eq(encryptionChoices.projectId, projectId)));
  const row = rows.find(({ resourceId }) => resourceId === id) ?? rows[0];
  return row?.keyIds ?? [];
}

async function onlyKey(db: Database, { organizationId }: OfResource): Promise<string> {
  const keys = (await selectAllKeys(db, organizationId)).filter(
    (row) => row.sealedPrivateKey !== null && row.confirmedAt !== null && row.retiredAt === null,
  );
  const [only] = keys;
  if (only !== undefined && keys.length === 1) return only.id;
  throw conflict(
    only === undefined ? "there is no key yet to encrypt for" : "there are several keys to encrypt for",
    { keys: keys.length },
    only === undefined
      ? "Make a key and confirm its recovery kit first."
      : "Name one of them, or choose for the resource.",
  );
}

/** The keys, when new archives may be encrypted for them and Cofre can open what comes of it. */
async function usable(
  db: Database,
  asked: Pick<ResourceRow, "organizationId">,
  ids: readonly string[],
): Promise<readonly string[]> {
  const rows = await selectKeysById(db, asked, ids);
  if (rows.length !== new Set(ids).size) throw absent("key");
  for (const row of rows) requireUsable(row);
  if (rows.every((row) => row.sealedPrivateKey === null)) {
    throw conflict(
      "Cofre could neither restore nor validate what is encrypted for these keys alone",
      {},
      "Add a key whose private part Cofre holds.",
    );
  }
  return ids;
}

function requireUsable({ name, confirmedAt, retiredAt, expiresAt }: KeyRow): void {
  if (confirmedAt === null) {
    throw conflict(
      `the recovery kit of ${name} was not confirmed yet`,
      {},
      "Save the kit and type its code: nothing is encrypted that only Cofre could open.",
    );
  }
  if (retiredAt !== null) throw conflict(`another key took the place of ${name}`, {}, "Use that one.");
  if (expiresAt !== null && expiresAt.getTime() <= Date.now()) {
    throw conflict(
      `${name} has expired`,
      { expiresAt: expiresAt.toISOString() },
      "Replace it by another key.",
    );
  }
}

/** The public keys behind ids that `keysFor` gave, when the archive is made. */
export async function recipientsOf(
  db: Database,
  asked: Pick<ResourceRow, "organizationId">,
  ids: readonly string[],
): Promise<readonly PublicKey[]> {
  const rows = await selectKeysById(db, asked, ids);
  if (rows.length !== new Set(ids).size) throw absent("key");
  return rows.map(({ fingerprint, publicKey }) => ({ fingerprint, armored: publicKey }));
}

export async function getResourceEncryption(
  ctx: ActorContext,
  { resourceId }: { readonly resourceId: string },
): Promise<EncryptionChoice> {
  const { id } = await findResource(ctx, resourceId);
  return await kept(ctx.deps.db, eq(encryptionChoices.resourceId, id));
}

export async function putResourceEncryption(
  ctx: ActorContext,
  { resourceId, ...choice }: EncryptionChoice & { readonly resourceId: string },
): Promise<EncryptionChoice> {
  const { id, name } = await findResource(ctx, resourceId);
  ctx.trail.target = { kind: "resource", id, name };
  return await write(ctx, { resourceId: id }, choice);
}

export async function getProjectEncryption(
  ctx: ActorContext,
  { projectId }: { readonly projectId: string },
): Promise<EncryptionChoice> {
  const { id } = await findProject(ctx, projectId);
  return await kept(ctx.deps.db, eq(encryptionChoices.projectId, id));
}

export async function putProjectEncryption(
  ctx: ActorContext,
  { projectId, ...choice }: EncryptionChoice & { readonly projectId: string },
): Promise<EncryptionChoice> {
  const { id, name } = await findProject(ctx, projectId);
  ctx.trail.target = { kind: "project", id, name };
  return await write(ctx, { projectId: id }, choice);
}

async function kept(db: Database, which: ReturnType<typeof eq>): Promise<EncryptionChoice> {
  const [row] = await db.select().from(encryptionChoices).where(which);
  if (row === undefined) return INHERITED;
  return { mode: row.keyIds.length === 0 ? "plain" : "encrypted", keyIds: [...row.keyIds] };
}

async function write(
  { deps, actor }: ActorContext,
  of: { readonly resourceId: string } | { readonly projectId: string },
  { mode, keyIds }: EncryptionChoice,
): Promise<EncryptionChoice> {
  const target = "resourceId" in of ? encryptionChoices.resourceId : encryptionChoices.projectId;
  const which = eq(target, "resourceId" in of ? of.resourceId : of.projectId);
  if (mode === "inherit") {
    await deps.db
      .delete(encryptionChoices)
      .where(and(which, eq(encryptionChoices.organizationId, actor.organizationId)));
    return INHERITED;
  }
  if (mode === "encrypted" && keyIds.length === 0) {
    throw conflict("no key was chosen", {}, "Choose at least one key, or leave the backups plain.");
  }
  const chosen = mode === "plain" ? [] : await usable(deps.db, actor, keyIds);
  await deps.db
    .insert(encryptionChoices)
    .values({ organizationId: actor.organizationId, ...of, keyIds: chosen })
    .onConflictDoUpdate({ target, set: { keyIds: chosen, updatedAt: deps.now() } });
  return { mode, keyIds: [...chosen] };
}
