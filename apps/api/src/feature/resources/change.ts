import { engineById, engineIdOf } from "@cofre/core";
import { requesterOf } from "../../auth/actor.ts";
import type { Database } from "../../db/database.ts";
import { and, eq, inArray, isNull } from "../../db/orm.ts";
import { backups } from "../../db/schema/backups.ts";
import { resources } from "../../db/schema/resources.ts";
import { schedules } from "../../db/schema/schedules.ts";
import { findAnyContainer } from "../../reach/container.ts";
import { answered, question } from "../../reach/questions.ts";
import type { ResourceRow } from "../../reach/reach.ts";
import { type ConfigFields, openConfig, restConfig, targetOf } from "../../reach/resource-config.ts";
import type { ActorContext } from "../../trpc/procedures.ts";
import { absent } from "../absent.ts";
import { selectJobUsing } from "../backups/rows.ts";
import { busyWith } from "../busy.ts";
import { conflict } from "../conflict.ts";
import { definedOf } from "../defined.ts";
import { selectOpenJobOf } from "../jobs/rows.ts";
import { findProject } from "../projects/get.ts";
import { findServer } from "../servers/get.ts";
import { withUniqueExternalId } from "../unique.ts";
import { addResource } from "./add.ts";
import { pathsIn, requireAllowed } from "./allowed-paths.ts";
import { findResourceIn, viewResource } from "./get.ts";
import { moveBackups } from "./move-backups.ts";
import { requireApart } from "./own-store.ts";
import { selectResourceByExternalId } from "./rows.ts";
import { tryEngine } from "./try-engine.ts";
import type { ChangeResource, PutResource, RemoveResource, ResourceView } from "./view.ts";

/** Changes name, config, project or external id; a new config is tried first. What runs now goes on with the old one. */
export async function changeResource(ctx: ActorContext, input: ChangeResource): Promise<ResourceView> {
  const { deps } = ctx;
  const there = await findResourceIn(ctx, input);
  ctx.trail.target = { kind: "resource", id: there.id, name: there.name };
  if (input.moveTo !== undefined) await findProject(ctx, input.moveTo);
  const config = input.config === undefined ? {} : await changedConfig(ctx, there, input);
  const { name, externalId } = input;
  const moved = input.moveTo === undefined ? {} : { projectId: input.moveTo, projectChosen: true };
  const row = await withUniqueExternalId("resource", () =>
    deps.db.transaction(async (tx) => {
      const [changed] = await tx
        .update(resources)
        .set({ ...definedOf({ name, externalId }), ...config, ...moved, updatedAt: deps.now() })
        .where(and(eq(resources.id, there.id), isNull(resources.removedAt)))
        .returning();
      if (changed === undefined) throw absent("resource");
      await moveBackups(tx, changed);
      return changed;
    }),
  );
  return await viewResource(ctx, row);
}

/** A field given replaces the old one, null forgets it, and what is left out stays: a form that never saw the password keeps it. */
async function changedConfig(ctx: ActorContext, there: ResourceRow, input: ChangeResource) {
  const { deps, actor } = ctx;
  const given = Object.entries(input.config ?? {}).filter(([, value]) => !isUntouchedSecret(value));
  const config = Object.fromEntries(
    Object.entries({ ...openConfig(deps.sealer, there), ...Object.fromEntries(given) }).filter(
      ([, value]) => value !== null,
    ),
  );
  const engine = engineById(there.engine);
  const server = await findServer(ctx, there.serverId);
  requireAllowed(actor, { server, engine, config });
  const target = targetOf(engine, config);
  await requireApart(deps.db, { server, engine, paths: pathsIn(config) });
  const inspected = input.test ? await inspect(ctx, there, target) : {};
  return {
    ...restConfig({ sealer: deps.sealer, engine, resourceId: there.id }, config),
    editedFields: [...new Set([...there.editedFields, ...given.map(([field]) => field)])],
    ...inspected,
  };
}

/** What a view showed of a secret may come back as it was. */
function isUntouchedSecret(value: unknown): boolean {
  return typeof value === "object" && value !== null && "set" in value;
}

async function inspect(ctx: ActorContext, there: ResourceRow, target: unknown) {
  const { deps, caller } = ctx;
  const server = await findServer(ctx, there.serverId);
  const asked = question(caller.signal);
  const container =
    there.identity === null
      ? undefined
      : await findAnyContainer(await deps.reach.docker(server.id), there, asked.signal);
  const engine = engineById(there.engine);
  const trying = tryEngine(deps.reach, { server, engine, target, container, asked });
  const { version, units } = await answered(server.name, asked.signal, trying);
  return { version, units, inspectedAt: deps.now(), inspectFault: null, status: "running" as const };
}

/** Adds it, or changes the one with this external id. */
export async function putResource(ctx: ActorContext, input: PutResource): Promise<ResourceView> {
  const there = await selectResourceByExternalId(ctx.deps.db, ctx.actor, input.externalId);
  if (there === undefined) return await addResource(ctx, input);
  if (there.engine !== engineIdOf(input.type) || there.serverId !== input.serverId) {
    throw conflict(
      `the resource with this externalId is a ${there.engine} on another server or of another type`,
      {
        resourceId: there.id,
        type: there.engine,
        serverId: there.serverId,
      },
    );
  }
  const { name, config: given, test } = input;
  const moveTo = there.projectId === input.projectId ? {} : { moveTo: input.projectId };
  // Saying the same thing again must not need the database to be up.
  const config: { config?: ConfigFields } = isSameConfig(ctx, there, given) ? {} : { config: given };
  return await changeResource(ctx, {
    projectId: there.projectId,
    id: there.id,
    name,
    test,
    ...config,
    ...moveTo,
  });
}

function isSameConfig({ deps }: ActorContext, there: ResourceRow, given: ConfigFields): boolean {
  const clear = openConfig(deps.sealer, there);
  return Object.entries(given).every(
    ([field, value]) => JSON.stringify(clear[field]) === JSON.stringify(value),
  );
}

/**
 * Takes a resource out of sight. Its backups stay unless told otherwise; then a job deletes them. Nothing at the resource itself is touched.
 *
 * @throws Fault `resource.busy` while a job works on it, or reads a backup to be deleted; `state.conflict` when one of them is pinned
 */
export async function removeResource(ctx: ActorContext, input: RemoveResource): Promise<void> {
  const { deps } = ctx;
  const row = await findResourceIn(ctx, input);
  ctx.trail.target = { kind: "resource", id: row.id, name: row.name };
  await deps.db.transaction(async (tx) => {
    const open = await selectOpenJobOf(tx, row.id);
    if (open !== undefined) throw busyWith(open);
    if (input.backups === "delete") await orderDeletion(ctx, tx, row);
    await tx
      .update(schedules)
      .set({ enabled: false, nextRunAt: null })
      .where(inArray(schedules.resourceId, [row.id]));
    await tx
      .update(resources)
      .set({ removedAt: deps.now(), externalId: null })
      .where(eq(resources.id, row.id));
  });
}

/** The job that deletes all its backups. */
async function orderDeletion({ deps, actor }: ActorContext, tx: Database, row: ResourceRow): Promise<void> {
  const kept = await tx
    .select({ id: backups.id, pinned: backups.pinned })
    .from(backups)
    .where(and(eq(backups.resourceId, row.id), isNull(backups.removedAt)));
  if (kept.some((backup) => backup.pinned)) {
    throw conflict("a backup of this resource is pinned", {}, "Unpin it first, or keep the backups.");
  }
  const backupIds = kept.map((backup) => backup.id);
  const using = await selectJobUsing(tx, backupIds);
  if (using !== undefined) throw busyWith(using, "backup");
  if (backupIds.length === 0) return;
  const { id: resourceId, organizationId, projectId, serverId } = row;
  await deps.queue.enqueue(tx, {
    ...{ organizationId, projectId, serverId, resourceId, backupIds },
    kind: "delete",
    request: { kind: "delete", backupIds, reason: "its resource was removed" },
    requestedBy: requesterOf(actor),
  });
}
