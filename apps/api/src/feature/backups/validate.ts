import { Fault } from "@cofre/core/model";
import { requesterOf } from "../../auth/actor.ts";
import type { ActorContext } from "../../trpc/procedures.ts";
import { viewJob } from "../jobs/get.ts";
import { findResource } from "../resources/get.ts";
import { restorable } from "./restore.ts";
import { lockReadable } from "./rows.ts";
import type { ValidateBackup } from "./view.ts";

/** Starts a check of the archive; the answer comes to rest in the backup's `validation`. */
export async function validateBackup(ctx: ActorContext, input: ValidateBackup) {
  const { deps, actor } = ctx;
  if (input.depth === "restorable") {
    throw new Fault("engine.unsupported", "a proof by test restore is not possible yet", {
      hint: "Validate to the depth `readable`, or restore into another resource.",
    });
  }
  const backup = await restorable(ctx, input);
  const resource = await findResource(ctx, backup.resourceId);
  ctx.trail.target = { kind: "backup", id: backup.id, name: backup.filename };
  const depth = input.depth ?? "readable";
  const job = await deps.db.transaction(async (tx) => {
    await lockReadable(tx, actor, input);
    return await deps.queue.enqueue(tx, {
      organizationId: backup.organizationId,
      projectId: backup.projectId,
      serverId: resource.serverId,
      resourceId: backup.resourceId,
      kind: "validate",
      backupIds: [backup.id],
      request: { kind: "validate", backupId: backup.id, depth },
      requestedBy: requesterOf(actor),
    });
  });
  return { job: await viewJob(ctx, job) };
}
