import { requireInstanceOwner } from "../../auth/actor.ts";
import { eq } from "../../db/orm.ts";
import { resourceHooks } from "../../db/schema/resource-hooks.ts";
import type { ActorContext } from "../../trpc/procedures.ts";
import { conflict } from "../conflict.ts";
import { findResource } from "../resources/get.ts";
import type { HooksView, PutHooks } from "./view.ts";

const USUAL_SECONDS = 60;

export async function getHooks(
  { deps, ...ctx }: ActorContext,
  { resourceId }: { readonly resourceId: string },
): Promise<HooksView> {
  const resource = await findResource({ deps, ...ctx }, resourceId);
  const [row] = await deps.db.select().from(resourceHooks).where(eq(resourceHooks.resourceId, resource.id));
  return viewHooks(resource.id, row);
}

/**
 * Saves the commands around a resource's backups; what is not named becomes nothing.
 *
 * @throws Fault `auth.forbidden` for everybody but the instance's owner: a command can reach whatever the container, or the
 * server, can
 */
export async function putHooks(ctx: ActorContext, input: PutHooks): Promise<HooksView> {
  const { deps, actor } = ctx;
  const resource = await findResource(ctx, input.resourceId);
  ctx.trail.target = { kind: "resource", id: resource.id, name: resource.name };
  requireInstanceOwner(actor, "commands around backups");
  if (resource.removedAt !== null)
    throw conflict(`${resource.name} was removed, and only its backups are kept`);
  const values = {
    before: input.before ?? null,
    after: input.after ?? null,
    timeoutSeconds: input.timeoutSeconds ?? USUAL_SECONDS,
    updatedAt: deps.now(),
  };
  const [row] = await deps.db
    .insert(resourceHooks)
    .values({ ...values, resourceId: resource.id, organizationId: resource.organizationId })
    .onConflictDoUpdate({ target: resourceHooks.resourceId, set: values })
    .returning();
  return viewHooks(resource.id, row);
}

function viewHooks(resourceId: string, row: typeof resourceHooks.$inferSelect | undefined): HooksView {
  return {
    resourceId,
    before: row?.before ?? null,
    after: row?.after ?? null,
    timeoutSeconds: row?.timeoutSeconds ?? USUAL_SECONDS,
    updatedAt: row?.updatedAt.toISOString() ?? null,
  };
}
