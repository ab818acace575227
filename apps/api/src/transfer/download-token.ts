import { createHash, randomBytes } from "node:crypto";
import type { Database } from "../db/database.ts";
import { and, eq, gt, isNull } from "../db/orm.ts";
import { downloadTokens } from "../db/schema/download-tokens.ts";

/** How long a link works. */
export const DOWNLOAD_TOKEN_MS = 3_600_000;

export type DownloadTokenRow = typeof downloadTokens.$inferSelect;

/** A new token: in its link alone, never kept. 256 random bits. */
export function newDownloadToken(): string {
  return randomBytes(32).toString("base64url");
}

/** What is kept of a token: SHA-256 in hex. */
export function hashDownloadToken(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}

/** The link of this backup that the token opens now; undefined when it is another's, expired, revoked or altered. */
export async function findDownloadToken(
  db: Database,
  { token, backupId, now }: { readonly token: string; readonly backupId: string; readonly now: Date },
): Promise<DownloadTokenRow | undefined> {
  const [row] = await db
    .select()
    .from(downloadTokens)
    .where(
      and(
        eq(downloadTokens.hash, hashDownloadToken(token)),
        eq(downloadTokens.backupId, backupId),
        gt(downloadTokens.expiresAt, now),
        isNull(downloadTokens.revokedAt),
      ),
    );
  return row;
}
