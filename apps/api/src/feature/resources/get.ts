import { and, desc, inArray } from "../../db/orm.ts";
import { backups } from "../../db/schema/backups.ts";
import type { ResourceRow } from "../../reach/reach.ts";
import type { ActorContext } from "../../trpc/procedures.ts";
import { absent } from "../absent.ts";
import { toFaultView } from "../fault-view.ts";
import { describeWhen } from "../schedules/rule.ts";
import { visible } from "../scope.ts";
import { resourceConfigView } from "./config-view.ts";
import { type ScheduleRow, selectResource, selectSchedules, selectServerNames } from "./rows.ts";
import { judge, readSafety, toSafetyView } from "./safety.ts";
import type { ResourceView } from "./view.ts";

export type Asked = Pick<ActorContext, "deps" | "actor">;

/**
 * A resource that the actor may see, a removed one too.
 *
 * @throws Fault `not.found`
 */
export async function findResource({ deps, actor }: Asked, id: string): Promise<ResourceRow> {
  const row = await selectResource(deps.db, actor, id);
  if (row === undefined) throw absent("resource");
  return row;
}

/** The same, by its place in a project: in another project it is not there. Removed ones are not there either. */
export async function findResourceIn(
  asked: Asked,
  { projectId, id }: { readonly projectId: string; readonly id: string },
): Promise<ResourceRow> {
  const row = await findResource(asked, id);
  if (row.projectId !== projectId || row.removedAt !== null) throw absent("resource");
  return row;
}

export async function viewResource(asked: Asked, row: ResourceRow): Promise<ResourceView> {
  const [view] = await viewResources(asked, [row]);
  if (view === undefined) throw absent("resource");
  return view;
}

/** Reads what many views need in as many queries as one needs. */
export async function viewResources(asked: Asked, rows: readonly ResourceRow[]): Promise<ResourceView[]> {
  const { db } = asked.deps;
  const ids = rows.map((row) => row.id);
  const [names, schedules, last, safety] = await Promise.all([
    selectServerNames(
      db,
      rows.map((row) => row.serverId),
    ),
    selectSchedules(db, ids),
    newestAttempts(asked, ids),
    readSafety(db, rows),
  ]);
  const now = asked.deps.now();
  return rows.map((row) => {
    const schedule = schedules.get(row.id);
    return {
      ...ownFields(row),
      serverName: names.get(row.serverId) ?? "",
      ...scheduleFields(schedule),
      lastBackup: last.get(row.id) ?? null,
      safety: toSafetyView(judge(safety, { row, schedule, now }), now),
    };
  });
}

async function newestAttempts({ deps, actor }: Asked, ids: readonly string[]) {
  if (ids.length === 0) return new Map<string, NonNullable<ResourceView["lastBackup"]>>();
  const rows = await deps.db
    .selectDistinctOn([backups.resourceId], {
      resourceId: backups.resourceId,
      id: backups.id,
      status: backups.status,
      completedAt: backups.completedAt,
      size: backups.sizeBytes,
    })
    .from(backups)
    .where(and(visible.backups(actor), inArray(backups.resourceId, [...ids])))
    .orderBy(backups.resourceId, desc(backups.id));
  return new Map(
    rows.map(({ resourceId, completedAt, ...row }) => [
      resourceId,
      { ...row, completedAt: completedAt?.toISOString() ?? null },
    ]),
  );
}

function scheduleFields(schedule: ScheduleRow | undefined) {
  return {
    backupEnabled: schedule?.enabled ?? false,
    backupSchedule: schedule === undefined ? null : describeWhen(schedule),
    backupRetention: schedule?.keepLast ?? null,
    nextBackupAt: schedule?.enabled === true ? (schedule.nextRunAt?.toISOString() ?? null) : null,
  };
}

function ownFields(row: ResourceRow) {
  return {
    id: row.id,
    projectId: row.projectId,
    userId: row.createdBy,
    serverId: row.serverId,
    containerId: row.containerId,
    containerName: row.containerName,
    image: row.image,
    name: row.name,
    slug: row.slug,
    externalId: row.externalId,
    type: row.engine,
    version: row.version,
    status: row.status,
    health: row.health,
    detected: row.detected,
    config: resourceConfigView(row),
    units: row.units?.map((unit) => ({ ...unit })) ?? null,
    inspectedAt: row.inspectedAt?.toISOString() ?? null,
    error: toFaultView(row.inspectFault),
    lastSeenAt: row.lastSeenAt?.toISOString() ?? null,
    removedAt: row.removedAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}
