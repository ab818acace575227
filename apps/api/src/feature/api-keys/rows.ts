import type { Actor } from "../../auth/actor.ts";
import type { Database } from "../../db/database.ts";
import { and, desc, eq, isNull, lt } from "../../db/orm.ts";
import { apiKeys } from "../../db/schema/api-keys.ts";
import { DEFAULT_LIMIT, type PageRequest } from "../page.ts";

export type ApiKeyRow = typeof apiKeys.$inferSelect;

export function selectApiKeys(db: Database, actor: Actor, page: PageRequest): Promise<ApiKeyRow[]> {
  const before = page.cursor === undefined ? undefined : lt(apiKeys.id, page.cursor);
  return db
    .select()
    .from(apiKeys)
    .where(and(eq(apiKeys.organizationId, actor.organizationId), before))
    .orderBy(desc(apiKeys.id))
    .limit((page.limit ?? DEFAULT_LIMIT) + 1);
}

export async function revokeApiKeyRow(
  db: Database,
  actor: Actor,
  revoked: { id: string; at: Date },
): Promise<ApiKeyRow | undefined> {
  const own = and(eq(apiKeys.organizationId, actor.organizationId), eq(apiKeys.id, revoked.id));
  await db
    .update(apiKeys)
    .set({ revokedAt: revoked.at })
    .where(and(own, isNull(apiKeys.revokedAt)));
  const [row] = await db.select().from(apiKeys).where(own);
  return row;
}
