import { isFault } from "@cofre/core/model";
import { appendAudit } from "../audit/append.ts";
import type { Database } from "../db/database.ts";
import { and, eq, isNotNull, isNull } from "../db/orm.ts";
import { backups } from "../db/schema/backups.ts";
import type { Deps } from "../deps.ts";
import { removeBytes } from "../feature/backups/remove-bytes.ts";
import { removeCopies } from "./copy.ts";
import type { BackupRow } from "./rows.ts";

type Removing = Pick<Deps, "db" | "reach" | "now">;

/** A removal is two steps, so that no archive is ever without a row that shows it: marked with its reason, and gone once its bytes are. */
export function isBeingRemoved({ removedReason }: Pick<BackupRow, "removedReason">): boolean {
  return removedReason !== null;
}

/** The first step. Whoever calls it holds the row and has looked that nothing reads the archive. */
export async function markForRemoval(tx: Database, id: string, reason: string): Promise<void> {
  await tx
    .update(backups)
    .set({ removedReason: reason })
    .where(and(eq(backups.id, id), isNull(backups.removedAt)));
}

/**
 * The second step, idempotent: removes the bytes and then says so. A mark stays when it fails half-way, for `finishRemovals`.
 *
 * @throws Fault `server.*`, `store.*`, `state.conflict`; the mark is taken back when the server could not even be reached, and when
 * a lock keeps the bytes
 */
export async function removeMarked(deps: Removing, row: BackupRow): Promise<void> {
  try {
    if (row.storeKey !== null) await deps.reach.store(row.storeId);
  } catch (error) {
    await unmark(deps, row);
    throw error;
  }
  await finish(deps, row);
}

async function unmark({ db }: Removing, { id }: BackupRow): Promise<void> {
  await db
    .update(backups)
    .set({ removedReason: null })
    .where(and(eq(backups.id, id), isNull(backups.removedAt)));
}

async function finish(deps: Removing, row: BackupRow): Promise<void> {
  const { db, reach, now } = deps;
  try {
    await removeCopies({ db, reach }, row);
    await removeBytes(reach, row);
  } catch (error) {
    // A lock that came since: the first place is whole, and the backup is one again.
    if (isFault(error, "state.conflict")) await unmark(deps, row);
    throw error;
  }
  await db.update(backups).set({ removedAt: now() }).where(eq(backups.id, row.id));
}

/** Finishes what a killed process or a lost connection left half removed. A server that is away is asked again at the next turn. */
export async function finishRemovals(deps: Removing & Pick<Deps, "log">): Promise<void> {
  const left = await deps.db
    .select()
    .from(backups)
    .where(and(isNotNull(backups.removedReason), isNull(backups.removedAt)));
  for (const row of left) {
    try {
      await finish(deps, row);
    } catch (error) {
      deps.log.info(
        { backupId: row.id, code: isFault(error) ? error.code : "bug", err: error },
        "a removal could not be finished yet",
      );
      continue;
    }
    await appendAudit(deps.db, {
      organizationId: row.organizationId,
      at: deps.now(),
      actor: { kind: "system", id: null, name: "unfinished removals" },
      address: null,
      requestId: null,
      action: "backups.remove",
      target: { kind: "backup", id: row.id, name: row.filename },
      result: "ok",
      code: null,
    });
  }
}
