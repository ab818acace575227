import type { Actor } from "../../auth/actor.ts";
import type { Database } from "../../db/database.ts";
import { and, desc, eq, inArray, isNull, lt, sql } from "../../db/orm.ts";
import { backups } from "../../db/schema/backups.ts";
import { encryptionChoices } from "../../db/schema/encryption-choices.ts";
import { encryptionKeys } from "../../db/schema/encryption-keys.ts";
import { servers } from "../../db/schema/servers.ts";
import { stores } from "../../db/schema/stores.ts";
import { DEFAULT_LIMIT, type PageRequest } from "../page.ts";

export type KeyRow = typeof encryptionKeys.$inferSelect;

export async function selectKeys(
  db: Database,
  { organizationId }: Pick<Actor, "organizationId">,
  { limit = DEFAULT_LIMIT, cursor }: PageRequest,
): Promise<readonly KeyRow[]> {
  const own = eq(encryptionKeys.organizationId, organizationId);
  return await db
    .select()
    .from(encryptionKeys)
    .where(cursor === undefined ? own : and(own, lt(encryptionKeys.id, cursor)))
    .orderBy(desc(encryptionKeys.id))
    .limit(limit + 1);
}

export async function selectKeysById(
  db: Database,
  { organizationId }: Pick<Actor, "organizationId">,
  ids: readonly string[],
): Promise<readonly KeyRow[]> {
  if (ids.length === 0) return [];
  const which = and(eq(encryptionKeys.organizationId, organizationId), inArray(encryptionKeys.id, [...ids]));
  return await db.select().from(encryptionKeys).where(which);
}

/** Every key of the organization, retired ones too. */
export async function selectAllKeys(db: Database, organizationId: string): Promise<readonly KeyRow[]> {
  return await db.select().from(encryptionKeys).where(eq(encryptionKeys.organizationId, organizationId));
}

/** What still needs a key: archives that are there, and choices for what is to come. */
export async function usesOf(
  db: Database,
  { id, organizationId, fingerprint }: Pick<KeyRow, "id" | "organizationId" | "fingerprint">,
): Promise<{ readonly archives: number; readonly choices: number }> {
  const isRecipient = sql`${backups.manifest} -> 'archive' -> 'recipients' @> ${JSON.stringify([fingerprint])}::jsonb`;
  const archives = await db.$count(
    backups,
    and(eq(backups.organizationId, organizationId), isNull(backups.removedAt), isRecipient),
  );
  const choices = await db.$count(encryptionChoices, and(ofOrganization(organizationId), names(id)));
  return { archives, choices };
}

function ofOrganization(organizationId: string) {
  return eq(encryptionChoices.organizationId, organizationId);
}

function names(keyId: string) {
  return sql`${encryptionChoices.keyIds} @> ${JSON.stringify([keyId])}::jsonb`;
}

/** Puts a key where another was chosen. */
export async function replaceInChoices(
  tx: Database,
  organizationId: string,
  { from, to }: { readonly from: string; readonly to: string },
): Promise<void> {
  const rows = await tx
    .select()
    .from(encryptionChoices)
    .where(and(ofOrganization(organizationId), names(from)));
  for (const row of rows) {
    const keyIds = [...new Set(row.keyIds.map((id) => (id === from ? to : id)))];
    await tx.update(encryptionChoices).set({ keyIds }).where(eq(encryptionChoices.id, row.id));
  }
}

/** Where archives of the organization rest, in words. */
export async function selectPlaces(db: Database, organizationId: string): Promise<readonly string[]> {
  const rows = await db
    .select({ name: stores.name, root: stores.root, settings: stores.settings, server: servers })
    .from(stores)
    .leftJoin(servers, eq(servers.id, stores.serverId))
    .where(eq(stores.organizationId, organizationId));
  return rows.map(({ name, root, settings, server }) => {
    if (settings !== null)
      return `${name}: ${settings.endpoint}, bucket ${settings.bucket}/${settings.prefix}`;
    return `${name}: ${root ?? ""} on ${server?.name ?? "a server"}${server?.host == null ? "" : ` (${server.host})`}`;
  });
}
