import { and, eq } from "../../db/orm.ts";
import { backups } from "../../db/schema/backups.ts";
import type { ActorContext } from "../../trpc/procedures.ts";
import { removeArchive } from "../../work/claim-removal.ts";
import { isBeingRemoved } from "../../work/removal.ts";
import { absent } from "../absent.ts";
import { definedOf } from "../defined.ts";
import { visible } from "../scope.ts";
import { findBackup, toBackupView } from "./get.ts";
import { goingAway } from "./going-away.ts";
import type { BackupView, ChangeBackup, OfBackup } from "./view.ts";

/** Pins or unpins it, says that a suspicious one is as it should be, and writes its note. */
export async function changeBackup(ctx: ActorContext, input: ChangeBackup): Promise<BackupView> {
  const { deps, actor } = ctx;
  const there = await findBackup(ctx, input);
  ctx.trail.target = { kind: "backup", id: there.id, name: there.filename };
  if (isBeingRemoved(there)) throw goingAway();
  const { pinned, note, accepted } = input;
  const acceptedAt = accepted === undefined ? undefined : accepted ? deps.now() : null;
  const [row] = await deps.db
    .update(backups)
    .set({ ...definedOf({ pinned, note, acceptedAt }), updatedAt: deps.now() })
    .where(and(visible.backups(actor), eq(backups.id, there.id)))
    .returning();
  if (row === undefined) throw absent("backup");
  return toBackupView(row);
}

/**
 * Removes the archive and everything beside it; the row stays, unseen, for the figures. Until the bytes are gone it is shown as being
 * deleted: a removal that was cut is finished later.
 *
 * @throws Fault `state.conflict` when it is pinned, still being taken or locked by a store, `resource.busy` while a job uses it;
 * `server.*`, `store.*` when a place could not be reached, and it is then still there
 */
export async function removeBackup(ctx: ActorContext, input: OfBackup): Promise<void> {
  const { deps, actor } = ctx;
  const { id, filename } = await findBackup(ctx, input);
  ctx.trail.target = { kind: "backup", id, name: filename };
  await removeArchive(deps, { id, reason: `by ${actor.name}` });
}
