import { checkSchedule, engineById, nextRuns } from "@cofre/core";
import { eq } from "../../db/orm.ts";
import { schedules } from "../../db/schema/schedules.ts";
import type { Deps } from "../../deps.ts";
import type { ActorContext } from "../../trpc/procedures.ts";
import { conflict } from "../conflict.ts";
import { pathsIn } from "../resources/allowed-paths.ts";
import { findResource } from "../resources/get.ts";
import { requireApart } from "../resources/own-store.ts";
import type { ScheduleRow } from "../resources/rows.ts";
import { findServer } from "../servers/get.ts";
import { isoRuns, scheduleOf, USUAL_AT, whenOf } from "./rule.ts";
import type { PreviewSchedule, PutSchedule, ScheduleView } from "./view.ts";

/** What the box shows before anybody saved it: off, daily at three, the last seven. */
const DEFAULTS = {
  enabled: false,
  preset: "daily",
  at: USUAL_AT,
  cron: null,
  keepLast: 7,
  keepDays: null,
} as const;

export async function getSchedule(
  ctx: ActorContext,
  { resourceId }: { readonly resourceId: string },
): Promise<ScheduleView> {
  const resource = await findResource(ctx, resourceId);
  const [row] = await ctx.deps.db.select().from(schedules).where(eq(schedules.resourceId, resource.id));
  if (row !== undefined) return toScheduleView(ctx.deps, row);
  return { ...DEFAULTS, resourceId, timeZone: "UTC", nextRuns: [], lastRunAt: null, updatedAt: null };
}

/** Saves when and what to keep, and remembers the next run. */
export async function putSchedule(ctx: ActorContext, input: PutSchedule): Promise<ScheduleView> {
  const { deps } = ctx;
  const resource = await findResource(ctx, input.resourceId);
  ctx.trail.target = { kind: "resource", id: resource.id, name: resource.name };
  if (resource.removedAt !== null)
    throw conflict(`${resource.name} was removed, and only its backups are kept`);
  await requireApart(deps.db, {
    server: await findServer(ctx, resource.serverId),
    engine: engineById(resource.engine),
    paths: pathsIn(resource.config),
  });
  const when = whenOf(input);
  checkSchedule(scheduleOf(when));
  const [next] = nextRuns(scheduleOf(when), deps.now(), 1);
  const values = {
    ...when,
    enabled: input.enabled,
    keepLast: input.keepLast,
    keepDays: input.keepDays ?? null,
    nextRunAt: input.enabled ? (next ?? null) : null,
    updatedAt: deps.now(),
  };
  const [row] = await deps.db
    .insert(schedules)
    .values({ ...values, organizationId: resource.organizationId, resourceId: resource.id })
    .onConflictDoUpdate({ target: schedules.resourceId, set: values })
    .returning();
  if (row === undefined) throw new Error("the schedule was not written");
  return toScheduleView(deps, row);
}

/** The next runs of what is being typed. */
export function previewSchedule({ deps }: ActorContext, input: PreviewSchedule): { nextRuns: string[] } {
  const schedule = scheduleOf(whenOf(input));
  checkSchedule(schedule);
  return { nextRuns: isoRuns(deps, schedule) };
}

function toScheduleView(deps: Pick<Deps, "now">, row: ScheduleRow): ScheduleView {
  const { resourceId, enabled, preset, at, cron, timeZone, keepLast, keepDays } = row;
  return {
    resourceId,
    enabled,
    preset,
    at,
    cron,
    timeZone,
    keepLast,
    keepDays,
    nextRuns: enabled ? isoRuns(deps, scheduleOf(row)) : [],
    lastRunAt: row.lastRunAt?.toISOString() ?? null,
    updatedAt: row.updatedAt.toISOString(),
  };
}
