import { isFault } from "@cofre/core/model";
import type { Database } from "../db/database.ts";
import {
  alias,
  and,
  asc,
  desc,
  eq,
  gt,
  inArray,
  isNotNull,
  isNull,
  notExists,
  or,
  type SQL,
  sql,
} from "../db/orm.ts";
import { backupCopies } from "../db/schema/backup-copies.ts";
import { backups } from "../db/schema/backups.ts";
import type { Requester } from "../db/schema/jobs.ts";
import { resources } from "../db/schema/resources.ts";
import { storeChoices } from "../db/schema/store-choices.ts";
import { stores } from "../db/schema/stores.ts";
import type { Deps } from "../deps.ts";
import type { CopyRow } from "./copy-places.ts";
import type { JobRow } from "./queue-contract.ts";
import type { BackupRow } from "./rows.ts";

type Ordering = Pick<Deps, "db" | "now" | "queue">;

/** How far back backups without their copies are looked for: older ones were copied, or are past helping. */
export const LOOKED_BACK_MS = 7 * 86_400_000;
/** A copy that failed is tried again after this long. */
const AGAIN_MS = 6 * 3_600_000;
export const ORDERS_A_TURN = 50;

interface CopyOrder {
  readonly row: BackupRow;
  readonly storeId: string;
  readonly requestedBy: Requester;
}

/** Writes a copy's row and its job, both in the caller's transaction. */
export async function orderCopy(
  tx: Database,
  { queue }: Pick<Deps, "queue">,
  { row, storeId, requestedBy }: CopyOrder,
): Promise<{ readonly copy: CopyRow; readonly job: JobRow }> {
  const [made] = await tx
    .insert(backupCopies)
    .values({ organizationId: row.organizationId, backupId: row.id, storeId })
    .returning();
  if (made === undefined) throw new Error("the copy's row was not written");
  const job = await queue.enqueue(tx, {
    organizationId: row.organizationId,
    projectId: row.projectId,
    // Its bytes come from a store and go to a store: the resource's server has nothing to do with it.
    serverId: null,
    resourceId: row.resourceId,
    kind: "copy",
    backupIds: [row.id],
    request: { kind: "copy", copyId: made.id },
    requestedBy,
  });
  const [copy] = await tx
    .update(backupCopies)
    .set({ jobId: job.id })
    .where(eq(backupCopies.id, made.id))
    .returning();
  return { copy: copy ?? made, job };
}

/**
 * Orders the copies that are wanted after each backup and that are not there: of new backups, and of those that were taken while the
 * other store was away. What has a schedule waits for it.
 */
export async function orderCopies(deps: Ordering & Pick<Deps, "log">): Promise<void> {
  const since = new Date(deps.now().getTime() - LOOKED_BACK_MS);
  for (const copy of await missingCopies(deps, isNull(storeChoices.timeZone), since)) {
    await orderOnce(deps, { ...copy, requestedBy: { kind: "system", id: null, name: "copies" } });
  }
}

/** What a turn can order of the copies that those choices want, of the newest backups first. */
export async function missingCopies(
  { db, now }: Pick<Deps, "db" | "now">,
  choices: SQL,
  since: Date,
): Promise<readonly Pick<CopyOrder, "row" | "storeId">[]> {
  return await db
    .select({ row: backups, storeId: stores.id })
    .from(backups)
    .innerJoin(resources, eq(resources.id, backups.resourceId))
    .innerJoin(storeChoices, holdsForResource(db))
    .innerJoin(stores, isToHaveCopy())
    .where(
      and(
        choices,
        eq(backups.status, "completed"),
        isNull(backups.removedReason),
        inArray(backups.origin, ["manual", "schedule"]),
        gt(backups.completedAt, since),
        notExists(tried(db, now())),
      ),
    )
    .orderBy(desc(backups.id), asc(stores.id))
    .limit(ORDERS_A_TURN);
}

/** The resource's own choice, or its project's where that one leaves the copies open. */
function holdsForResource(db: Database) {
  const own = alias(storeChoices, "own");
  const decided = db
    .select({ one: sql`1` })
    .from(own)
    .where(and(eq(own.resourceId, resources.id), isNotNull(own.copyStoreIds)));
  return or(
    eq(storeChoices.resourceId, resources.id),
    and(eq(storeChoices.projectId, resources.projectId), notExists(decided)),
  );
}

function isToHaveCopy() {
  return and(
    eq(stores.organizationId, backups.organizationId),
    sql`${storeChoices.copyStoreIds} @> to_jsonb(${stores.id})`,
    sql`${stores.id} is distinct from ${backups.storeId}`,
  );
}

function tried(db: Database, now: Date) {
  const again = new Date(now.getTime() - AGAIN_MS);
  return db
    .select({ one: sql`1` })
    .from(backupCopies)
    .where(
      and(
        eq(backupCopies.backupId, backups.id),
        eq(backupCopies.storeId, stores.id),
        sql`(${backupCopies.status} in ('pending', 'running', 'completed') or ${gt(backupCopies.createdAt, again)})`,
      ),
    );
}

async function orderOnce(deps: Ordering & Pick<Deps, "log">, order: CopyOrder): Promise<void> {
  try {
    await deps.db.transaction((tx) => orderCopy(tx, deps, order));
  } catch (error) {
    const code = isFault(error) ? error.code : "bug";
    // Another process of the same database may have ordered it at this very moment.
    deps.log.info(
      { backupId: order.row.id, storeId: order.storeId, code, err: error },
      "a copy was not ordered",
    );
  }
}
