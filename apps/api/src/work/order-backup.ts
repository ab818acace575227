import { engineById } from "@cofre/core";
import { Fault } from "@cofre/core/model";
import { asc, desc, eq } from "drizzle-orm";
import { newId } from "../db/columns.ts";
import type { Database } from "../db/database.ts";
import { backups } from "../db/schema/backups.ts";
import type { Requester } from "../db/schema/jobs.ts";
import { stores } from "../db/schema/stores.ts";
import type { Deps } from "../deps.ts";
import type { ResourceRow } from "../reach/reach.ts";
import type { JobRow } from "./queue-contract.ts";
import type { BackupRow } from "./rows.ts";
import { ANY_UNIT } from "./taking.ts";

/** A backup as somebody, or a schedule, asks for it. What is asked was checked by whoever asks. */
export interface BackupOrder {
  readonly resource: ResourceRow;
  readonly storeId: string;
  /** Empty is everything that is there when the job starts. */
  readonly units: readonly string[];
  readonly codec?: string;
  readonly format?: string;
  readonly note?: string;
  readonly origin: "manual" | "schedule";
  readonly userId: string | null;
  readonly requestedBy: Requester;
}

export interface OrderedBackup {
  readonly runId: string;
  readonly job: JobRow;
  readonly backups: readonly BackupRow[];
}

/** Writes the run's job and its pending backups, one for each unit where the engine does not combine them, in the caller's transaction. */
export async function orderBackup(
  deps: Pick<Deps, "queue" | "now">,
  tx: Database,
  order: BackupOrder,
): Promise<OrderedBackup> {
  const { resource, storeId, units, codec, format } = order;
  const runId = newId(deps.now());
  const names = rowUnits(resource, units);
  const ids = names.map(() => newId(deps.now()));
  const job = await deps.queue.enqueue(tx, {
    organizationId: resource.organizationId,
    projectId: resource.projectId,
    serverId: resource.serverId,
    resourceId: resource.id,
    kind: "backup",
    backupIds: ids,
    request: {
      kind: "backup",
      runId,
      storeId,
      units,
      ...(codec === undefined ? {} : { codec }),
      ...(format === undefined ? {} : { format }),
    },
    requestedBy: order.requestedBy,
  });
  const rows = names.map((unit, index) =>
    rowOf(order, { runId, unit, id: ids[index], jobId: job.id }, deps.now()),
  );
  return { runId, job, backups: await tx.insert(backups).values(rows).returning() };
}

/** The units that get a row of their own. Where nobody has looked yet, one row stands for whatever the job will find. */
function rowUnits(resource: ResourceRow, asked: readonly string[]): readonly string[] {
  if (engineById(resource.engine).capabilities.combinesUnits)
    return [asked.length === 0 ? "all" : asked.join(", ")];
  if (asked.length > 0) return [...new Set(asked)];
  const known = (resource.units ?? []).map((unit) => unit.name);
  return known.length === 0 ? [ANY_UNIT] : known;
}

interface Placed {
  readonly runId: string;
  readonly unit: string;
  readonly id: string | undefined;
  readonly jobId: string;
}

function rowOf(
  { resource, storeId, note, origin, userId }: BackupOrder,
  { id, ...placed }: Placed,
  now: Date,
) {
  return {
    ...(id === undefined ? {} : { id }),
    organizationId: resource.organizationId,
    projectId: resource.projectId,
    resourceId: resource.id,
    storeId,
    userId,
    origin,
    type: engineById(resource.engine).kind,
    engine: resource.engine,
    note: note ?? null,
    createdAt: now,
    ...placed,
  };
}

/**
 * Where the resources of a server rest unless told otherwise.
 *
 * @throws Fault `state.conflict` when the server has no store
 */
export async function defaultStoreId(db: Database, serverId: string): Promise<string> {
  const [row] = await db
    .select({ id: stores.id })
    .from(stores)
    .where(eq(stores.serverId, serverId))
    .orderBy(desc(stores.isDefault), asc(stores.id))
    .limit(1);
  if (row !== undefined) return row.id;
  throw new Fault("state.conflict", "there is no store for backups of this server", {
    hint: "Add a store on the server, or name another one.",
  });
}
