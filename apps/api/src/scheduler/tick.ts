import { dueSince, engineById, nextRuns } from "@cofre/core";
import { isFault, toFault } from "@cofre/core/model";
import { appendAudit } from "../audit/append.ts";
import type { Database } from "../db/database.ts";
import { and, asc, eq, gt, isNull, lte } from "../db/orm.ts";
import { resources } from "../db/schema/resources.ts";
import { schedules } from "../db/schema/schedules.ts";
import type { Deps } from "../deps.ts";
import { openRun } from "../feature/backups/open-run.ts";
import { selectOpenJobOf } from "../feature/jobs/rows.ts";
import { scheduleOf } from "../feature/schedules/rule.ts";
import { defaultStore } from "../feature/stores/store-for.ts";
import type { ResourceRow } from "../reach/reach.ts";

type ScheduleRow = typeof schedules.$inferSelect;
export type Ticking = Pick<Deps, "db" | "queue" | "now" | "log">;

/** What became of one due run. */
export interface Fired {
  readonly scheduleId: string;
  readonly resource: ResourceRow;
  /** Undefined when it was skipped. */
  readonly jobId: string | undefined;
  /** Why it was skipped: `resource.busy` while the backup before it is not over. */
  readonly code: string | undefined;
  /** Earlier due times that this run answers too: Cofre was down. */
  readonly missed: number;
}

/**
 * Orders a backup for every schedule that is due, each in one transaction with its next time: two processes never order the same run.
 * However many runs were missed, one backup catches up on them; the limits of servers and workers spread them. What was ordered or
 * skipped is told to the audit.
 *
 * @param mayFire false leaves a run due for a later tick
 */
export async function tick(
  deps: Ticking,
  mayFire: (scheduleId: string, dueAt: Date) => boolean = () => true,
): Promise<readonly Fired[]> {
  await bringBack(deps);
  const due = await deps.db
    .select({ id: schedules.id, dueAt: schedules.nextRunAt })
    .from(schedules)
    .where(isDue(deps.now()))
    .orderBy(asc(schedules.nextRunAt));
  const fired: Fired[] = [];
  for (const { id, dueAt } of due) {
    if (dueAt !== null && !mayFire(id, dueAt)) continue;
    try {
      const one = await deps.db.transaction((tx) => fireIfDue(deps, tx, id));
      if (one === undefined) continue;
      fired.push(one);
      await tell(deps, one);
    } catch (error) {
      // It stays due; the others must not wait for it.
      deps.log.error({ err: error, scheduleId: id }, "a schedule could not be acted upon");
    }
  }
  return fired;
}

function isDue(now: Date) {
  return and(eq(schedules.enabled, true), lte(schedules.nextRunAt, now));
}

async function fireIfDue(deps: Ticking, tx: Database, id: string): Promise<Fired | undefined> {
  const now = deps.now();
  const [row] = await tx
    .select()
    .from(schedules)
    .innerJoin(resources, and(eq(resources.id, schedules.resourceId), isNull(resources.removedAt)))
    .where(and(eq(schedules.id, id), isDue(now)))
    .for("update", { skipLocked: true, of: schedules });
  if (row === undefined) return undefined;
  const { schedules: schedule, resources: resource } = row;
  const due = dueNow(schedule, now);
  await tx
    .update(schedules)
    .set({
      nextRunAt: nextAfter(schedule, now),
      ...(due && { lastRunAt: due.dueAt }),
      updatedAt: schedule.updatedAt,
    })
    .where(eq(schedules.id, id));
  return due === undefined ? undefined : await fire(deps, tx, { schedule, resource, missed: due.missed });
}

/** Everything from the promised time on; what came due before it was acted upon, or the schedule was not there yet. */
function dueNow(row: ScheduleRow, now: Date) {
  if (row.nextRunAt === null) return undefined;
  return dueSince(scheduleOf(row), new Date(row.nextRunAt.getTime() - 1), now);
}

function nextAfter(row: ScheduleRow, now: Date): Date | null {
  return nextRuns(scheduleOf(row), now, 1)[0] ?? null;
}

const DAY_MS = 86_400_000;

/** A clock that was far ahead for a moment has promised times that are far away: they are computed anew. */
async function bringBack({ db, now, log }: Ticking): Promise<void> {
  const at = now();
  const ahead = await db
    .select()
    .from(schedules)
    .where(and(eq(schedules.enabled, true), gt(schedules.lastRunAt, new Date(at.getTime() + DAY_MS))));
  for (const row of ahead) {
    log.warn(
      { scheduleId: row.id },
      "the clock was set back by more than a day: the next run is computed anew",
    );
    await db
      .update(schedules)
      .set({ nextRunAt: nextAfter(row, at), lastRunAt: at, updatedAt: row.updatedAt })
      .where(eq(schedules.id, row.id));
  }
}

interface Due {
  readonly schedule: ScheduleRow;
  readonly resource: ResourceRow;
  readonly missed: number;
}

async function fire(deps: Ticking, tx: Database, { schedule, resource, missed }: Due): Promise<Fired> {
  const skipped = { scheduleId: schedule.id, resource, jobId: undefined, missed };
  const open = await selectOpenJobOf(tx, resource.id);
  if (open?.kind === "backup") return { ...skipped, code: "resource.busy" };
  try {
    const { job } = await openRun(tx, deps, {
      resource,
      engine: engineById(resource.engine),
      storeId: await defaultStore(tx, resource),
      units: [],
      origin: "schedule",
      userId: null,
      requestedBy: { kind: "schedule", id: schedule.id, name: "schedule" },
    });
    return { ...skipped, jobId: job.id, code: undefined };
  } catch (error) {
    // What the database itself refused has spoilt the transaction: the run stays due.
    if (!isFault(error)) throw error;
    return { ...skipped, code: toFault(error).code };
  }
}

async function tell({ db, now, log }: Ticking, { resource, ...fired }: Fired): Promise<void> {
  const { scheduleId, jobId, code, missed } = fired;
  log.info({ scheduleId, resourceId: resource.id, jobId, code, missed }, "a scheduled backup came due");
  await appendAudit(db, {
    organizationId: resource.organizationId,
    at: now(),
    actor: { kind: "schedule", id: scheduleId, name: "schedule" },
    address: null,
    requestId: null,
    action: "schedules.run",
    target: { kind: "resource", id: resource.id, name: resource.name },
    result: code === undefined ? "ok" : "refused",
    code: code ?? null,
  });
}
