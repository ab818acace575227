import { Fault } from "@cofre/core/model";
import { hasRole, userIdOf } from "../../auth/actor.ts";
import { hashApiKey, newApiKey, startOfApiKey } from "../../auth/api-key.ts";
import { apiKeys } from "../../db/schema/api-keys.ts";
import type { ActorContext } from "../../trpc/procedures.ts";
import { absent } from "../absent.ts";
import { cutPage, DEFAULT_LIMIT, type Page, type PageRequest } from "../page.ts";
import { findProject } from "../projects/get.ts";
import { type ApiKeyRow, revokeApiKeyRow, selectApiKeys } from "./rows.ts";
import type { ApiKeyView, CreateApiKey, CreatedApiKey } from "./view.ts";

export async function listApiKeys(
  { deps, actor }: ActorContext,
  input: PageRequest,
): Promise<Page<ApiKeyView>> {
  const rows = await selectApiKeys(deps.db, actor, input);
  const { items, nextCursor } = cutPage(rows, input.limit ?? DEFAULT_LIMIT);
  return { items: items.map(toApiKeyView), nextCursor };
}

/** The key is in this answer and nowhere else. */
export async function createApiKey(ctx: ActorContext, input: CreateApiKey): Promise<CreatedApiKey> {
  const { deps, actor } = ctx;
  if (!hasRole(actor, input.role)) {
    throw new Fault(
      "auth.forbidden",
      `a key cannot have the role ${input.role}, which is more than ${actor.role}`,
      {
        hint: "Choose a role that is at most your own.",
      },
    );
  }
  if (input.projectId !== undefined) await findProject(ctx, input.projectId);
  const key = newApiKey();
  const [row] = await deps.db
    .insert(apiKeys)
    .values({
      organizationId: actor.organizationId,
      name: input.name,
      role: input.role,
      projectId: input.projectId ?? null,
      hash: hashApiKey(key),
      start: startOfApiKey(key),
      createdBy: userIdOf(actor),
      expiresAt: input.expiresAt === undefined ? null : new Date(input.expiresAt),
    })
    .returning();
  if (row === undefined) throw absent("key");
  ctx.trail.target = { kind: "apiKey", id: row.id, name: row.name };
  return { apiKey: toApiKeyView(row), key };
}

/** From the next request on; saying it twice changes nothing. */
export async function revokeApiKey(ctx: ActorContext, { id }: { readonly id: string }): Promise<ApiKeyView> {
  const row = await revokeApiKeyRow(ctx.deps.db, ctx.actor, { id, at: ctx.deps.now() });
  if (row === undefined) throw absent("key");
  ctx.trail.target = { kind: "apiKey", id: row.id, name: row.name };
  return toApiKeyView(row);
}

function toApiKeyView(row: ApiKeyRow): ApiKeyView {
  return {
    id: row.id,
    name: row.name,
    role: row.role,
    projectId: row.projectId,
    start: row.start,
    createdBy: row.createdBy,
    expiresAt: row.expiresAt?.toISOString() ?? null,
    lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
    revokedAt: row.revokedAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
  };
}
