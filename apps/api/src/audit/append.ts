import { createHash } from "node:crypto";
import { newId } from "../db/columns.ts";
import type { Database } from "../db/database.ts";
import { desc, eq, sql } from "../db/orm.ts";
import { type AuditTarget, auditEvents } from "../db/schema/audit-events.ts";
import type { Requester } from "../db/schema/jobs.ts";

/** What happened, before it has its place in the chain. */
export interface AuditEntry {
  readonly organizationId: string;
  readonly at: Date;
  readonly actor: Requester;
  readonly address: string | null;
  readonly requestId: string | null;
  readonly action: string;
  readonly target: AuditTarget | null;
  readonly result: "ok" | "refused" | "failed";
  readonly code: string | null;
}

/** Before the first event. */
export const GENESIS = "0".repeat(64);

/** Appends one event to its organization's chain. MUST be called outside the transaction of what it tells about: a failure is told too. */
export async function appendAudit(db: Database, entry: AuditEntry): Promise<void> {
  await db.transaction(async (tx) => {
    // One at a time per organization: two events cannot follow the same one.
    await tx.execute(
      sql`select pg_advisory_xact_lock(hashtextextended(${`audit ${entry.organizationId}`}, 0))`,
    );
    const [last] = await tx
      .select({ position: auditEvents.position, hash: auditEvents.hash })
      .from(auditEvents)
      .where(eq(auditEvents.organizationId, entry.organizationId))
      .orderBy(desc(auditEvents.position))
      .limit(1);
    const position = (last?.position ?? 0) + 1;
    const previousHash = last?.hash ?? GENESIS;
    const hash = auditHash({ ...entry, position, previousHash });
    await tx.insert(auditEvents).values({ id: newId(entry.at), ...entry, position, previousHash, hash });
  });
}

/**
 * SHA-256 in hex over the JSON of a fixed list of fields, the previous event's hash first. Anybody with an export can compute it
 * again; changing one field of one event breaks every later hash.
 */
export function auditHash(
  event: AuditEntry & { readonly position: number; readonly previousHash: string },
): string {
  const fields = [
    event.previousHash,
    event.organizationId,
    event.position,
    event.at.toISOString(),
    event.actor.kind,
    event.actor.id,
    event.actor.name,
    event.address,
    event.requestId,
    event.action,
    event.target?.kind ?? null,
    event.target?.id ?? null,
    event.target?.name ?? null,
    event.result,
    event.code,
  ];
  return createHash("sha256").update(JSON.stringify(fields)).digest("hex");
}
