import { type Engine, engineById } from "@cofre/core";
import { Fault } from "@cofre/core/model";
import { requesterOf, userIdOf } from "../../auth/actor.ts";
import { newId } from "../../db/columns.ts";
import type { Database } from "../../db/database.ts";
import { backups } from "../../db/schema/backups.ts";
import type { ResourceRow } from "../../reach/reach.ts";
import type { ActorContext } from "../../trpc/procedures.ts";
import { conflict } from "../conflict.ts";
import { viewJob } from "../jobs/get.ts";
import { pathsIn } from "../resources/allowed-paths.ts";
import { findResource } from "../resources/get.ts";
import { requireApart } from "../resources/own-store.ts";
import { findServer } from "../servers/get.ts";
import { storeFor } from "../stores/store-for.ts";
import { toBackupView } from "./get.ts";
import { openRun } from "./open-run.ts";
import type { BackupRow } from "./rows.ts";
import type { CreateBackup, CreatedBackups } from "./view.ts";

/**
 * Starts one run: rows for every archive it will make, and its job, in one step. A resource that was never inspected gets one row
 * for now; the job, which looks what is there before it begins, gives every unit its own.
 *
 * @throws Fault `input.invalid`, `state.conflict`
 */
export async function createBackup(ctx: ActorContext, input: CreateBackup): Promise<CreatedBackups> {
  const { deps, actor } = ctx;
  const resource = await findResource(ctx, input.resourceId);
  ctx.trail.target = { kind: "resource", id: resource.id, name: resource.name };
  const engine = engineById(resource.engine);
  refuse(resource, engine, input);
  await requireApart(deps.db, {
    server: await findServer(ctx, resource.serverId),
    engine,
    paths: input.units ?? pathsIn(resource.config),
  });
  const opened = await deps.db.transaction(async (tx) => {
    const storeId = await storeFor(tx, actor, { resource, wanted: input.store });
    return await openRun(tx, deps, {
      resource,
      engine,
      storeId,
      origin: "manual",
      units: input.units ?? [],
      requestedBy: requesterOf(actor),
      userId: userIdOf(actor),
      ...(input.compression === undefined ? {} : { codec: input.compression }),
      ...(input.format === undefined ? {} : { format: input.format }),
      ...(input.encrypt === undefined ? {} : { encrypt: input.encrypt }),
      ...(input.note === undefined ? {} : { note: input.note }),
    });
  });
  return { runId: opened.runId, backups: opened.rows.map(toBackupView), job: await viewJob(ctx, opened.job) };
}

function refuse(resource: ResourceRow, engine: Engine, input: CreateBackup): void {
  if (resource.removedAt !== null) {
    throw conflict(`${resource.name} was removed, and only its backups are kept`, {}, "Add it again.");
  }
  if (resource.status === "missing") {
    throw conflict(
      `the container of ${resource.name} is gone`,
      { status: resource.status },
      "Deploy it again; its backups are kept.",
    );
  }
  if (input.format !== undefined && !engine.formats.includes(input.format)) {
    throw new Fault("input.invalid", `${engine.label} has no format called ${input.format}`, {
      hint: `Choose one of ${engine.formats.join(", ")}.`,
    });
  }
}

/** One pending safety backup for a restore; its job is the restore itself. */
export async function insertSafetyBackup(
  tx: Database,
  values: Pick<
    BackupRow,
    "organizationId" | "projectId" | "resourceId" | "storeId" | "type" | "engine" | "unit" | "userId"
  >,
): Promise<string> {
  const id = newId();
  await tx.insert(backups).values({ ...values, id, runId: newId(), origin: "safety", note: null });
  return id;
}
