import type { Database } from "../db/database.ts";
import { eq } from "../db/orm.ts";
import { backups } from "../db/schema/backups.ts";
import type { Deps } from "../deps.ts";
import { absent } from "../feature/absent.ts";
import { selectJobUsing } from "../feature/backups/rows.ts";
import { busyWith } from "../feature/busy.ts";
import { conflict } from "../feature/conflict.ts";
import { requireUnlocked } from "./locks.ts";
import { markForRemoval, removeMarked } from "./removal.ts";
import { type BackupRow, backupById } from "./rows.ts";

interface Claim {
  readonly id: string;
  readonly reason: string;
  /** The job that removes it, which does not stand in its own way. */
  readonly byJob?: string;
}

/**
 * The only way to a removal: held, looked at as it is now, and marked, so that no restore begins to read what is about to go. A restore
 * into another resource holds that one's lock, not this one's: only its job tells of it.
 *
 * @throws Fault `state.conflict` when it is pinned or still being taken, `resource.busy` while a job uses it, `not.found`
 */
async function claimForRemoval(db: Database, { id, reason, byJob }: Claim): Promise<BackupRow> {
  return await db.transaction(async (tx) => {
    const [row] = await tx.select().from(backups).where(eq(backups.id, id)).for("update");
    if (row === undefined) throw absent("backup");
    if (row.pinned) throw conflict("this backup is pinned", { pinned: "yes" }, "Unpin it first.");
    if (row.status === "pending" || row.status === "running") {
      throw conflict(`this backup is ${row.status}`, { status: row.status }, "Cancel its job first.");
    }
    const using = await selectJobUsing(tx, [id], byJob);
    if (using !== undefined) throw busyWith(using, "backup");
    await markForRemoval(tx, id, reason);
    return row;
  });
}

/**
 * Claims one backup, removes its bytes, and then says so in its row: what is cut in between is finished later.
 *
 * @throws Fault of the claim; `state.conflict` while a store has it locked; `server.*`, `store.*`
 */
export async function removeArchive(deps: Pick<Deps, "db" | "reach" | "now">, claim: Claim): Promise<void> {
  await requireUnlocked(deps, await backupById(deps.db, claim.id));
  await removeMarked(deps, await claimForRemoval(deps.db, claim));
}
