import { and, eq, inArray, or } from "drizzle-orm";
import type { Database } from "../../db/database.ts";
import { storeChoices } from "../../db/schema/store-choices.ts";
import { stores } from "../../db/schema/stores.ts";
import type { ResourceRow } from "../../reach/reach.ts";
import type { ActorContext } from "../../trpc/procedures.ts";
import { absent } from "../absent.ts";
import { findProject } from "../projects/get.ts";
import { findResource } from "../resources/get.ts";
import { visible } from "../scope.ts";
import type { StoreChoice } from "./view.ts";

const NONE: StoreChoice = { storeId: null, copyStoreIds: null };

/** What holds for a resource: its own choice, and for what that leaves open its project's. */
export async function choiceFor(
  db: Database,
  { id, projectId }: Pick<ResourceRow, "id" | "projectId">,
): Promise<StoreChoice> {
  const rows = await db
    .select()
    .from(storeChoices)
    .where(or(eq(storeChoices.resourceId, id), eq(storeChoices.projectId, projectId)));
  const own = rows.find((row) => row.resourceId === id);
  const wider = rows.find((row) => row.projectId === projectId);
  return {
    storeId: own?.storeId ?? wider?.storeId ?? null,
    copyStoreIds: [...(own?.copyStoreIds ?? wider?.copyStoreIds ?? [])],
  };
}

interface OfResource {
  readonly resourceId: string;
}

export async function getResourceChoice(ctx: ActorContext, { resourceId }: OfResource): Promise<StoreChoice> {
  const { id } = await findResource(ctx, resourceId);
  return await kept(ctx.deps.db, eq(storeChoices.resourceId, id));
}

export async function putResourceChoice(
  ctx: ActorContext,
  { resourceId, ...choice }: OfResource & StoreChoice,
): Promise<StoreChoice> {
  const { id, name } = await findResource(ctx, resourceId);
  ctx.trail.target = { kind: "resource", id, name };
  return await write(ctx, { resourceId: id }, choice);
}

interface OfProject {
  readonly projectId: string;
}

export async function getProjectChoice(ctx: ActorContext, { projectId }: OfProject): Promise<StoreChoice> {
  const { id } = await findProject(ctx, projectId);
  return await kept(ctx.deps.db, eq(storeChoices.projectId, id));
}

export async function putProjectChoice(
  ctx: ActorContext,
  { projectId, ...choice }: OfProject & StoreChoice,
): Promise<StoreChoice> {
  const { id, name } = await findProject(ctx, projectId);
  ctx.trail.target = { kind: "project", id, name };
  return await write(ctx, { projectId: id }, choice);
}

async function kept(db: Database, which: ReturnType<typeof eq>): Promise<StoreChoice> {
  const [row] = await db.select().from(storeChoices).where(which);
  if (row === undefined) return NONE;
  return { storeId: row.storeId, copyStoreIds: row.copyStoreIds === null ? null : [...row.copyStoreIds] };
}

async function write(
  ctx: ActorContext,
  of: OfResource | OfProject,
  { storeId, copyStoreIds }: StoreChoice,
): Promise<StoreChoice> {
  const { deps, actor } = ctx;
  await requireStores(ctx, [...(storeId === null ? [] : [storeId]), ...(copyStoreIds ?? [])]);
  const chosen = { storeId, copyStoreIds };
  await deps.db
    .insert(storeChoices)
    .values({ organizationId: actor.organizationId, ...of, ...chosen })
    .onConflictDoUpdate({
      target: "resourceId" in of ? storeChoices.resourceId : storeChoices.projectId,
      set: { ...chosen, updatedAt: deps.now() },
    });
  return chosen;
}

/** @throws Fault `not.found` when one of them is not there, or not the actor's */
async function requireStores({ deps, actor }: ActorContext, ids: readonly string[]): Promise<void> {
  const wanted = [...new Set(ids)];
  if (wanted.length === 0) return;
  const found = await deps.db
    .select({ id: stores.id })
    .from(stores)
    .where(and(visible.stores(actor), inArray(stores.id, wanted)));
  if (found.length !== wanted.length) throw absent("store");
}
