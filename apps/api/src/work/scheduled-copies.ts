import { dueSince, lastDue, nextRuns, type Schedule } from "@cofre/core";
import { appendAudit } from "../audit/append.ts";
import type { Database } from "../db/database.ts";
import { and, asc, eq, lte } from "../db/orm.ts";
import { projects } from "../db/schema/projects.ts";
import { resources } from "../db/schema/resources.ts";
import { storeChoices } from "../db/schema/store-choices.ts";
import type { Deps } from "../deps.ts";
import { scheduleOf } from "../feature/schedules/rule.ts";
import { whenCopied } from "../feature/stores/choices.ts";
import { LOOKED_BACK_MS, missingCopies, ORDERS_A_TURN, orderCopy } from "./copy-orders.ts";

type Ordering = Pick<Deps, "db" | "queue" | "now" | "log">;
type ChoiceRow = typeof storeChoices.$inferSelect;

/**
 * Orders the missing copies of every choice whose schedule is due, each turn in one transaction with its next time. However many runs
 * were missed, one catches up on them.
 */
export async function orderScheduledCopies(deps: Ordering): Promise<void> {
  const due = await deps.db
    .select({ id: storeChoices.id })
    .from(storeChoices)
    .where(lte(storeChoices.nextRunAt, deps.now()))
    .orderBy(asc(storeChoices.nextRunAt));
  for (const { id } of due) {
    try {
      const fired = await deps.db.transaction((tx) => fireIfDue(deps, tx, id));
      if (fired !== undefined) await tell(deps, fired);
    } catch (error) {
      // It stays due; the others must not wait for it.
      deps.log.error({ err: error, choiceId: id }, "copies could not be ordered by their schedule");
    }
  }
}

interface Target {
  readonly kind: "resource" | "project";
  readonly id: string;
  readonly name: string;
}

interface Fired {
  readonly choice: ChoiceRow;
  readonly target: Target;
  readonly ordered: number;
  readonly missed: number;
}

async function fireIfDue(deps: Ordering, tx: Database, id: string): Promise<Fired | undefined> {
  const now = deps.now();
  const claimed = await claimDue(tx, id, now);
  const when = claimed === undefined ? null : whenCopied(claimed.choice);
  if (claimed === undefined || when === null || claimed.choice.nextRunAt === null) return undefined;
  const { choice, target } = claimed;
  const schedule = scheduleOf(when);
  const due = dueSince(schedule, new Date(claimed.choice.nextRunAt.getTime() - 1), now);
  const ordered =
    due === undefined ? 0 : await order(deps, tx, { choice, since: reach(schedule, choice, now) });
  // What is more than a turn's keeps it due: the next turn goes on.
  if (ordered < ORDERS_A_TURN) {
    await tx
      .update(storeChoices)
      .set({
        nextRunAt: nextRuns(schedule, now, 1)[0] ?? null,
        ...(due && { lastRunAt: due.dueAt }),
        updatedAt: choice.updatedAt,
      })
      .where(eq(storeChoices.id, id));
  }
  return due === undefined ? undefined : { choice, target, ordered, missed: due.missed };
}

async function claimDue(tx: Database, id: string, now: Date) {
  const [row] = await tx
    .select({ choice: storeChoices, resourceName: resources.name, projectName: projects.name })
    .from(storeChoices)
    .leftJoin(resources, eq(resources.id, storeChoices.resourceId))
    .leftJoin(projects, eq(projects.id, storeChoices.projectId))
    .where(and(eq(storeChoices.id, id), lte(storeChoices.nextRunAt, now)))
    .for("update", { skipLocked: true, of: storeChoices });
  if (row === undefined) return undefined;
  const { choice, resourceName, projectName } = row;
  const target: Target =
    choice.resourceId === null
      ? { kind: "project", id: choice.projectId ?? "", name: projectName ?? "" }
      : { kind: "resource", id: choice.resourceId, name: resourceName ?? "" };
  return { choice, target };
}

/**
 * Back to the run before this one, and as long again but a week at least: what failed then, or was taken while the other store was away,
 * has a second chance. Before the first run, the time at which one would have been counts.
 */
function reach(schedule: Schedule, { lastRunAt }: ChoiceRow, now: Date): Date {
  const newest = lastDue(schedule, now) ?? now;
  const before = lastDue(schedule, new Date(newest.getTime() - 1_000)) ?? newest;
  const from = Math.min(before.getTime(), (lastRunAt ?? before).getTime());
  return new Date(from - Math.max(LOOKED_BACK_MS, now.getTime() - from));
}

interface Wanted {
  readonly choice: ChoiceRow;
  readonly since: Date;
}

async function order(deps: Ordering, tx: Database, { choice, since }: Wanted): Promise<number> {
  const missing = await missingCopies({ db: tx, now: deps.now }, eq(storeChoices.id, choice.id), since);
  const requestedBy = { kind: "schedule", id: choice.id, name: "copies" } as const;
  for (const copy of missing) await orderCopy(tx, deps, { ...copy, requestedBy });
  return missing.length;
}

async function tell({ db, now, log }: Ordering, { choice, target, ordered, missed }: Fired): Promise<void> {
  log.info({ choiceId: choice.id, target, ordered, missed }, "scheduled copies came due");
  if (ordered === 0) return;
  await appendAudit(db, {
    organizationId: choice.organizationId,
    at: now(),
    actor: { kind: "schedule", id: choice.id, name: "copies" },
    address: null,
    requestId: null,
    action: "copies.run",
    target,
    result: "ok",
    code: null,
  });
}
