import { findAnyContainer } from "../../reach/container.ts";
import { answered, question } from "../../reach/questions.ts";
import type { ResourceRow } from "../../reach/reach.ts";
import type { ActorContext } from "../../trpc/procedures.ts";
import { inspectResource } from "../../work/inspect.ts";
import { scanServer } from "../../work/scan.ts";
import { busyWith } from "../busy.ts";
import { conflict } from "../conflict.ts";
import { selectOpenJobOf } from "../jobs/rows.ts";
import { findResource, viewResource } from "./get.ts";
import type { InspectionView, ResourceView } from "./view.ts";

const USUAL_LINES = 200;

/** A restart waits for the container to stop in peace, which databases take their time for. */
const RESTART_MS = 120_000;

/** Asks the resource itself, and keeps what it said for the next reader. */
export async function inspect(ctx: ActorContext, { id }: { readonly id: string }): Promise<InspectionView> {
  const row = await findPresent(ctx, id);
  const { version, units } = await inspectResource(ctx.deps, row.id, ctx.caller.signal);
  return { version, units: units.map((unit) => ({ ...unit })), inspectedAt: ctx.deps.now().toISOString() };
}

/** The last lines that the container wrote. */
export async function readLogs(
  ctx: ActorContext,
  { id, lines }: { readonly id: string; readonly lines?: number | undefined },
): Promise<{ text: string }> {
  const row = await findPresent(ctx, id);
  const { signal } = question(ctx.caller.signal);
  const { docker, container } = await answered(row.name, signal, containerOf(ctx, row, signal));
  const text = await answered(row.name, signal, docker.logs(container.id, lines ?? USUAL_LINES, { signal }));
  return { text };
}

/**
 * Restarts the container.
 *
 * @throws Fault `resource.busy` while a job works on it: a backup would be cut, a restore could be left half-way
 */
export async function restart(ctx: ActorContext, { id }: { readonly id: string }): Promise<ResourceView> {
  const { deps } = ctx;
  const row = await findPresent(ctx, id);
  const open = await selectOpenJobOf(deps.db, row.id);
  if (open !== undefined) throw busyWith(open);
  const signal = AbortSignal.timeout(RESTART_MS);
  const { docker, container } = await containerOf(ctx, row, signal);
  await docker.restart(container.id, { signal });
  await scanServer(deps, row.serverId);
  return await viewResource(ctx, await findResource(ctx, id));
}

/** The resource's container as its engine tells it now. */
export async function containerOf({ deps }: ActorContext, row: ResourceRow, signal: AbortSignal) {
  if (row.identity === null) {
    throw conflict(`${row.name} is not a container`, {}, "Look at its logs, or restart it, on its server.");
  }
  const docker = await deps.reach.docker(row.serverId);
  return { docker, container: await findAnyContainer(docker, row, signal) };
}

/** Not a removed one: only its backups are still there. */
export async function findPresent(ctx: ActorContext, id: string): Promise<ResourceRow> {
  const row = await findResource(ctx, id);
  ctx.trail.target = { kind: "resource", id: row.id, name: row.name };
  if (row.removedAt === null) return row;
  throw conflict(`${row.name} was removed, and only its backups are kept`, {}, "Add it again.");
}
