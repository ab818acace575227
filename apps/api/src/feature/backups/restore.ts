import { posix } from "node:path";
import { type Engine, engineById } from "@cofre/core";
import { Fault, RESTORE_OPTIONS, type RestoreChoices } from "@cofre/core/model";
import { requesterOf, userIdOf } from "../../auth/actor.ts";
import { eq } from "../../db/orm.ts";
import { backups } from "../../db/schema/backups.ts";
import type { ResourceRow } from "../../reach/reach.ts";
import type { ActorContext } from "../../trpc/procedures.ts";
import type { RestoreJob } from "../../work/job-request.ts";
import { isBeingRemoved } from "../../work/removal.ts";
import { ANY_UNIT } from "../../work/taking.ts";
import { conflict } from "../conflict.ts";
import { viewJob } from "../jobs/get.ts";
import { requireAllowed } from "../resources/allowed-paths.ts";
import { findResource } from "../resources/get.ts";
import { requireApart } from "../resources/own-store.ts";
import { findServer } from "../servers/get.ts";
import { defaultStore } from "../stores/store-for.ts";
import { insertSafetyBackup } from "./create.ts";
import { findBackup } from "./get.ts";
import { goingAway } from "./going-away.ts";
import { type BackupRow, lockReadable } from "./rows.ts";
import type { OfBackup, RestoreBackup } from "./view.ts";

interface Mapped {
  readonly from: string;
  readonly into: string;
}

/**
 * Starts a restore: its job, and the row of the backup that protects what is there now, in one step.
 *
 * @throws Fault `resource.busy` when the destination has a job, `state.conflict`, `input.invalid`, `auth.forbidden`
 */
export async function restoreBackup(ctx: ActorContext, input: RestoreBackup) {
  const { deps, actor } = ctx;
  const backup = await restorable(ctx, input);
  const into = await destinationOf(ctx, backup, input);
  ctx.trail.target = {
    kind: "backup",
    id: backup.id,
    name: `${backup.filename ?? backup.unit} into ${into.name}`,
  };
  const engine = engineById(into.engine);
  const way = wayOf(engine, input);
  const units = mappingOf(backup, engine, input);
  await requireAllowedPaths(ctx, { into, engine, units });
  const safetyRow = await safetyOf(ctx, { into, engine, units });
  const { job, safetyBackupId } = await deps.db.transaction(async (tx) => {
    await lockReadable(tx, actor, input);
    const safety = input.safetyBackup === false ? null : await insertSafetyBackup(tx, safetyRow);
    const opened = await deps.queue.enqueue(tx, {
      organizationId: into.organizationId,
      projectId: into.projectId,
      serverId: into.serverId,
      resourceId: into.id,
      kind: "restore",
      backupIds: [backup.id],
      request: {
        kind: "restore",
        backupId: backup.id,
        units,
        destinationResourceId: into.id,
        safetyBackupId: safety,
        ...way,
      },
      requestedBy: requesterOf(actor),
    });
    if (safety !== null) await tx.update(backups).set({ jobId: opened.id }).where(eq(backups.id, safety));
    return { job: opened, safetyBackupId: safety };
  });
  return { job: await viewJob(ctx, job), safetyBackupId };
}

/**
 * A backup whose archive can be read.
 *
 * @throws Fault `state.conflict`, naming the state that it is in
 */
export async function restorable(ctx: ActorContext, input: OfBackup): Promise<BackupRow> {
  const row = await findBackup(ctx, input);
  if (isBeingRemoved(row)) throw goingAway();
  if (row.status === "completed") return row;
  throw conflict(
    `this backup is ${row.status}, and only a completed one has an archive`,
    { status: row.status },
    "Choose a completed backup.",
  );
}

async function destinationOf(
  ctx: ActorContext,
  backup: BackupRow,
  { destination }: RestoreBackup,
): Promise<ResourceRow> {
  const into = await findResource(ctx, destination?.resourceId ?? backup.resourceId);
  if (into.removedAt !== null) {
    throw conflict(`${into.name} was removed`, {}, "Restore into another resource, or add this one again.");
  }
  if (into.engine !== backup.engine) {
    throw new Fault(
      "engine.unsupported",
      `a backup of ${backup.engine} cannot be restored into ${into.engine}`,
      {
        hint: "Choose a resource of the same type.",
        context: { backup: backup.engine, destination: into.engine },
      },
    );
  }
  if (into.status === "missing")
    throw conflict(`the container of ${into.name} is gone`, { status: into.status });
  return into;
}

/** How it is restored, where the engine leaves a choice. */
function wayOf(engine: Engine, input: RestoreBackup): Pick<RestoreJob, "mode" | "choices"> {
  refuseMode(engine, input);
  const { mode } = input;
  return { ...(mode === undefined ? {} : { mode }), choices: choicesOf(engine, input) };
}

function refuseMode(engine: Engine, { mode }: RestoreBackup): void {
  if (mode !== "merge" || engine.capabilities.unit === "bucket") return;
  throw new Fault("input.invalid", `${engine.label} is restored as a whole, not merged into what is there`, {
    hint: "Leave `mode` out; to have both, restore under another name.",
  });
}

/** What was declined; of what the engine does not know, nothing can be. */
function choicesOf(engine: Engine, input: RestoreBackup): RestoreChoices {
  const declined = RESTORE_OPTIONS.filter((option) => input[option] === false);
  const unknown = declined.filter((option) => !engine.capabilities.restoreOptions.includes(option));
  if (unknown.length === 0) return Object.fromEntries(declined.map((option) => [option, false]));
  throw new Fault("input.invalid", `${engine.label} has no choice of ${unknown.join(" and ")} in a restore`, {
    hint: `Leave ${unknown.join(" and ")} out.`,
  });
}

/** Names in the archive and at the destination. */
function mappingOf(
  backup: BackupRow,
  engine: Engine,
  { destination, units }: RestoreBackup,
): readonly Mapped[] {
  const inside = backup.units.map((unit) => unit.name);
  const wanted = units ?? inside;
  const unknown = wanted.filter((unit) => !inside.includes(unit));
  if (unknown.length > 0) {
    throw new Fault("input.invalid", `${unknown.join(", ")} is not in this backup`, {
      hint: `It holds ${inside.join(", ")}.`,
    });
  }
  const name = renamed(engine, destination);
  if (name === undefined) return wanted.map((unit) => ({ from: unit, into: unit }));
  const [only, ...others] = wanted;
  if (only === undefined || others.length > 0) {
    throw new Fault("input.invalid", "only one unit at a time can be restored under another name", {
      hint: "Name it in `units`.",
    });
  }
  return [{ from: only, into: name }];
}

/** Another name, in the word of the engine's own kind of unit. */
function renamed(engine: Engine, destination: RestoreBackup["destination"]): string | undefined {
  const given = [destination?.unit, destination?.bucket, destination?.path].filter(
    (name) => name !== undefined,
  );
  if (given.length > 1) {
    throw new Fault("input.invalid", "a destination has one of unit, bucket and path");
  }
  const [name] = given;
  if (name === undefined || engine.capabilities.unit !== "path") return name;
  if (posix.isAbsolute(name)) return posix.normalize(name);
  throw new Fault("input.invalid", "the destination's path must be absolute");
}

/** The installation's owner may restore files anywhere; others below the folders that are allowed. */
async function requireAllowedPaths(
  ctx: ActorContext,
  {
    into,
    engine,
    units,
  }: { readonly into: ResourceRow; readonly engine: Engine; readonly units: readonly Mapped[] },
): Promise<void> {
  if (engine.capabilities.unit !== "path") return;
  const server = await findServer(ctx, into.serverId);
  const paths = units.map((unit) => unit.into);
  requireAllowed(ctx.actor, { server, engine, config: { paths } });
  await requireApart(ctx.deps.db, { server, engine, paths });
}

async function safetyOf(
  { deps, actor }: ActorContext,
  {
    into,
    engine,
    units,
  }: { readonly into: ResourceRow; readonly engine: Engine; readonly units: readonly Mapped[] },
) {
  const [first, ...others] = units;
  return {
    organizationId: into.organizationId,
    projectId: into.projectId,
    resourceId: into.id,
    storeId: await defaultStore(deps.db, into),
    type: engine.kind,
    engine: engine.id,
    unit: first === undefined || others.length > 0 ? ANY_UNIT : first.into,
    userId: userIdOf(actor),
  };
}
