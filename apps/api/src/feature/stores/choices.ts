import { checkSchedule, nextRuns } from "@cofre/core";
import { Fault } from "@cofre/core/model";
import type { Database } from "../../db/database.ts";
import { and, eq, inArray, or } from "../../db/orm.ts";
import { storeChoices } from "../../db/schema/store-choices.ts";
import { stores } from "../../db/schema/stores.ts";
import type { Deps } from "../../deps.ts";
import type { ResourceRow } from "../../reach/reach.ts";
import type { ActorContext } from "../../trpc/procedures.ts";
import { absent } from "../absent.ts";
import { findProject } from "../projects/get.ts";
import { findResource } from "../resources/get.ts";
import { isoRuns, scheduleOf, type When, whenOf } from "../schedules/rule.ts";
import { visible } from "../scope.ts";
import type { PutStoreChoice, StoreChoice } from "./view.ts";

type ChoiceRow = typeof storeChoices.$inferSelect;

const NONE: StoreChoice = { storeId: null, copyStoreIds: null, copySchedule: null };
const AFTER_EACH_BACKUP = {
  preset: null,
  at: null,
  cron: null,
  timeZone: null,
  nextRunAt: null,
  lastRunAt: null,
};

/** The store that holds for a resource: its own choice, or else its project's. */
export async function chosenStoreId(
  db: Database,
  { id, projectId }: Pick<ResourceRow, "id" | "projectId">,
): Promise<string | null> {
  const rows = await db
    .select()
    .from(storeChoices)
    .where(or(eq(storeChoices.resourceId, id), eq(storeChoices.projectId, projectId)));
  const own = rows.find((row) => row.resourceId === id);
  const wider = rows.find((row) => row.projectId === projectId);
  return own?.storeId ?? wider?.storeId ?? null;
}

/** When a choice wants its copies; null is after each backup. */
export function whenCopied({
  preset,
  at,
  cron,
  timeZone,
}: Pick<ChoiceRow, "preset" | "at" | "cron" | "timeZone">): When | null {
  return timeZone === null ? null : { preset, at, cron, timeZone };
}

interface OfResource {
  readonly resourceId: string;
}

export async function getResourceChoice(ctx: ActorContext, { resourceId }: OfResource): Promise<StoreChoice> {
  const { id } = await findResource(ctx, resourceId);
  return await kept(ctx, eq(storeChoices.resourceId, id));
}

export async function putResourceChoice(
  ctx: ActorContext,
  { resourceId, ...choice }: OfResource & PutStoreChoice,
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
  return await kept(ctx, eq(storeChoices.projectId, id));
}

export async function putProjectChoice(
  ctx: ActorContext,
  { projectId, ...choice }: OfProject & PutStoreChoice,
): Promise<StoreChoice> {
  const { id, name } = await findProject(ctx, projectId);
  ctx.trail.target = { kind: "project", id, name };
  return await write(ctx, { projectId: id }, choice);
}

async function kept({ deps }: ActorContext, which: ReturnType<typeof eq>): Promise<StoreChoice> {
  const [row] = await deps.db.select().from(storeChoices).where(which);
  return row === undefined ? NONE : toView(deps, row);
}

async function write(
  ctx: ActorContext,
  of: OfResource | OfProject,
  choice: PutStoreChoice,
): Promise<StoreChoice> {
  const { deps, actor } = ctx;
  const { storeId, copyStoreIds } = choice;
  const timing = timingOf(deps, choice);
  await requireStores(ctx, [...(storeId === null ? [] : [storeId]), ...(copyStoreIds ?? [])]);
  const chosen = { storeId, copyStoreIds, ...timing };
  const [row] = await deps.db
    .insert(storeChoices)
    .values({ organizationId: actor.organizationId, ...of, ...chosen })
    .onConflictDoUpdate({
      target: "resourceId" in of ? storeChoices.resourceId : storeChoices.projectId,
      set: { ...chosen, updatedAt: deps.now() },
    })
    .returning();
  if (row === undefined) throw new Error("the choice was not written");
  return toView(deps, row);
}

/** A schedule that goes on remembers its last run. @throws Fault `input.invalid` */
function timingOf({ now }: Pick<Deps, "now">, { copyStoreIds, copySchedule }: PutStoreChoice) {
  if (copySchedule === null) return AFTER_EACH_BACKUP;
  if (copyStoreIds === null) {
    throw new Fault("input.invalid", "a schedule of copies was given, but no stores for them", {
      hint: "Send `copyStoreIds` with `copySchedule`, or leave both to the wider choice with null.",
    });
  }
  const when = whenOf(copySchedule);
  checkSchedule(scheduleOf(when));
  return { ...when, nextRunAt: nextRuns(scheduleOf(when), now(), 1)[0] ?? null };
}

function toView(deps: Pick<Deps, "now">, row: ChoiceRow): StoreChoice {
  const when = whenCopied(row);
  return {
    storeId: row.storeId,
    copyStoreIds: row.copyStoreIds === null ? null : [...row.copyStoreIds],
    copySchedule: when && {
      ...when,
      nextRuns: isoRuns(deps, scheduleOf(when)),
      lastRunAt: row.lastRunAt?.toISOString() ?? null,
    },
  };
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
