import { requesterOf } from "../../auth/actor.ts";
import { and, eq, gt, isNull } from "../../db/orm.ts";
import { downloadTokens } from "../../db/schema/download-tokens.ts";
import { DOWNLOAD_TOKEN_MS, hashDownloadToken, newDownloadToken } from "../../transfer/download-token.ts";
import type { ActorContext } from "../../trpc/procedures.ts";
import { baseUrlOf } from "../../web/base-url.ts";
import { findBackup } from "./get.ts";
import { restorable } from "./restore.ts";
import type { DownloadLink, OfBackup } from "./view.ts";

/** A link that downloads one backup without a key, for an hour. Its token is in this answer and nowhere else. */
export async function createDownloadLink(ctx: ActorContext, input: OfBackup): Promise<DownloadLink> {
  const { deps, actor, caller } = ctx;
  const backup = await restorable(ctx, input);
  ctx.trail.target = { kind: "backup", id: backup.id, name: backup.filename };
  const token = newDownloadToken();
  const expiresAt = new Date(deps.now().getTime() + DOWNLOAD_TOKEN_MS);
  const [row] = await deps.db
    .insert(downloadTokens)
    .values({
      organizationId: backup.organizationId,
      backupId: backup.id,
      hash: hashDownloadToken(token),
      createdBy: requesterOf(actor),
      expiresAt,
    })
    .returning({ id: downloadTokens.id });
  if (row === undefined) throw new Error("the link was not written");
  const path = `/api/resources/${backup.resourceId}/backups/${backup.id}/download`;
  const url = `${baseUrlOf(deps.config, caller.headers)}${path}?token=${token}`;
  return { id: row.id, url, expiresAt: expiresAt.toISOString() };
}

/** From the next request on. What is being downloaded already goes on. */
export async function revokeLinks(
  ctx: ActorContext,
  { linkId, ...input }: OfBackup & { readonly linkId?: string | undefined },
): Promise<{ revoked: number }> {
  const { deps, actor } = ctx;
  const backup = await findBackup(ctx, input);
  ctx.trail.target = { kind: "backup", id: backup.id, name: backup.filename };
  const revoked = await deps.db
    .update(downloadTokens)
    .set({ revokedAt: deps.now() })
    .where(
      and(
        eq(downloadTokens.organizationId, actor.organizationId),
        eq(downloadTokens.backupId, backup.id),
        isNull(downloadTokens.revokedAt),
        gt(downloadTokens.expiresAt, deps.now()),
        linkId === undefined ? undefined : eq(downloadTokens.id, linkId),
      ),
    )
    .returning({ id: downloadTokens.id });
  return { revoked: revoked.length };
}
