import { dropOld } from "@cofre/core";
import { Fault } from "@cofre/core/model";
import { and, eq, gt, lt, sql } from "../db/orm.ts";
import { jobs } from "../db/schema/jobs.ts";
import type { Deps } from "../deps.ts";
import type { RestoreJob } from "./job-request.ts";
import type { JobRow } from "./queue-contract.ts";
import { atTarget } from "./restore.ts";
import type { Running } from "./running.ts";

/** How long the data that a restore replaced is kept beside the target, to be put back. */
const UNDO_WINDOW_MS = 24 * 3_600_000;
/** A drop that failed (the container was stopped) is tried again after this long. */
const AGAIN_MS = 6 * 3_600_000;

/** Orders the drop of old data whose undo window is over: a job of its own, which waits for its resource like any other. */
export async function orderDrops(deps: Pick<Deps, "db" | "now" | "queue">): Promise<void> {
  const until = new Date(deps.now().getTime() - UNDO_WINDOW_MS);
  const restores = await deps.db
    .select()
    .from(jobs)
    .where(
      and(
        eq(jobs.kind, "restore"),
        eq(jobs.status, "succeeded"),
        lt(jobs.finishedAt, until),
        sql`${jobs.result} ->> 'keptOld' = 'true'`,
      ),
    );
  for (const restore of restores) {
    if (!(await isOrdered(deps, restore))) await orderDrop(deps, restore);
  }
}

async function isOrdered({ db, now }: Pick<Deps, "db" | "now">, restore: JobRow): Promise<boolean> {
  const [recent] = await db
    .select({ id: jobs.id })
    .from(jobs)
    .where(
      and(
        eq(jobs.kind, "cleanup"),
        gt(jobs.createdAt, new Date(now().getTime() - AGAIN_MS)),
        sql`${jobs.request} ->> 'restoreJobId' = ${restore.id}`,
      ),
    )
    .limit(1);
  return recent !== undefined;
}

async function orderDrop({ db, queue }: Pick<Deps, "db" | "queue">, restore: JobRow): Promise<void> {
  const { organizationId, projectId, serverId, resourceId } = restore;
  await db.transaction((tx) =>
    queue.enqueue(tx, {
      organizationId,
      projectId,
      serverId,
      resourceId,
      kind: "cleanup",
      backupIds: [],
      request: { kind: "cleanup", restoreJobId: restore.id },
      requestedBy: { kind: "system", id: null, name: "undo window" },
    }),
  );
}

/** Drops what a restore kept, and says so in the restore's row. */
export async function dropKeptOld({ deps, work }: Running, restoreJobId: string): Promise<void> {
  const [restore] = await deps.db.select().from(jobs).where(eq(jobs.id, restoreJobId));
  if (restore === undefined || restore.request.kind !== "restore") {
    throw new Fault("not.found", `the restore ${restoreJobId} is no longer in the catalogue`);
  }
  await dropFor(deps, { request: restore.request, tag: restore.id, signal: work.signal });
  const result = { ...restore.result, keptOld: false, droppedAt: deps.now().toISOString() };
  await deps.db.update(jobs).set({ result }).where(eq(jobs.id, restore.id));
}

async function dropFor(
  deps: Deps,
  {
    request,
    tag,
    signal,
  }: { readonly request: RestoreJob; readonly tag: string; readonly signal: AbortSignal },
): Promise<void> {
  // Named by the restore's own tag: everything that it made carries it.
  const reached = await deps.reach.resource(request.destinationResourceId, { tag, signal });
  await dropOld(await atTarget(deps.db, request, reached));
}
