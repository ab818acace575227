import { auditHash, GENESIS } from "../../audit/append.ts";
import type { Actor } from "../../auth/actor.ts";
import type { Database } from "../../db/database.ts";
import { and, asc, desc, eq, gt, lt, sql } from "../../db/orm.ts";
import { auditEvents } from "../../db/schema/audit-events.ts";
import type { ActorContext } from "../../trpc/procedures.ts";
import { cutPage, DEFAULT_LIMIT, type Page } from "../page.ts";
import type { AuditEventView, ListAudit } from "./view.ts";

type AuditRow = typeof auditEvents.$inferSelect;

/** Newest first. */
export async function listAudit(
  { deps, actor }: ActorContext,
  input: ListAudit,
): Promise<Page<AuditEventView>> {
  const limit = input.limit ?? DEFAULT_LIMIT;
  const rows = await deps.db
    .select()
    .from(auditEvents)
    .where(
      and(
        eq(auditEvents.organizationId, actor.organizationId),
        input.action === undefined ? undefined : eq(auditEvents.action, input.action),
        input.result === undefined ? undefined : eq(auditEvents.result, input.result),
        input.targetId === undefined ? undefined : sql`${auditEvents.target} ->> 'id' = ${input.targetId}`,
        input.cursor === undefined ? undefined : lt(auditEvents.position, positionOf(input.cursor)),
      ),
    )
    .orderBy(desc(auditEvents.position))
    .limit(limit + 1);
  const page = cutPage(rows, limit);
  const last = page.items.at(-1);
  return {
    items: page.items.map(toAuditView),
    nextCursor: page.nextCursor === null || last === undefined ? null : String(last.position),
  };
}

/** A cursor is the position of the last event of the page before; another text begins at the newest. */
function positionOf(cursor: string): number {
  const position = Number(cursor);
  return Number.isInteger(position) && position > 0 && position < 2 ** 31 ? position : 2 ** 31 - 1;
}

function toAuditView({ organizationId: _organization, ...row }: AuditRow): AuditEventView {
  return {
    ...row,
    at: row.at.toISOString(),
    actor: { ...row.actor },
    target: row.target === null ? null : { ...row.target },
  };
}

const STEP = 500;

/** Computes every event's hash again, from the first to the last. */
export async function checkAudit({ deps, actor }: ActorContext) {
  let previousHash = GENESIS;
  let position = 0;
  for (;;) {
    const rows = await nextEvents(deps.db, actor, position);
    for (const row of rows) {
      const follows =
        row.position === position + 1 && row.previousHash === previousHash && auditHash(row) === row.hash;
      if (!follows) return { ok: false, events: position, brokenAt: position + 1 };
      previousHash = row.hash;
      position = row.position;
    }
    if (rows.length < STEP) return { ok: true, events: position, brokenAt: null };
  }
}

function nextEvents(db: Database, actor: Actor, position: number): Promise<AuditRow[]> {
  return db
    .select()
    .from(auditEvents)
    .where(and(eq(auditEvents.organizationId, actor.organizationId), gt(auditEvents.position, position)))
    .orderBy(asc(auditEvents.position))
    .limit(STEP);
}
