import { z } from "zod";
import { requireInstanceOwner } from "../../auth/actor.ts";
import { newId } from "../../db/columns.ts";
import type { Database } from "../../db/database.ts";
import { and, eq, inArray, isNull, ne, notInArray } from "../../db/orm.ts";
import { backups } from "../../db/schema/backups.ts";
import { jobs } from "../../db/schema/jobs.ts";
import { resources } from "../../db/schema/resources.ts";
import { schedules } from "../../db/schema/schedules.ts";
import { servers } from "../../db/schema/servers.ts";
import { stores } from "../../db/schema/stores.ts";
import type { ResourceRow, ServerRow } from "../../reach/reach.ts";
import type { ActorContext } from "../../trpc/procedures.ts";
import { busyWith } from "../busy.ts";
import { conflict } from "../conflict.ts";
import { findServer } from "./get.ts";

export const RemoveServer = z.object({
  id: z.string(),
  /** `keep`: also what was added by hand and has backups, and backups of other servers that rest here, may lose their server. */
  resources: z.enum(["keep"]).optional(),
});
export type RemoveServer = z.infer<typeof RemoveServer>;

/** Nothing when nothing stayed behind. */
export const RemovedServer = z
  .object({
    /** Stay as `missing` with their backups, until their server is added again. */
    kept: z.array(z.object({ id: z.string(), projectId: z.string(), name: z.string(), backups: z.number() })),
  })
  .optional();
export type RemovedServer = z.infer<typeof RemovedServer>;

/**
 * Removes a server from sight and from every connection, and its secrets for good. What has no backup goes with it; what has some
 * stays as missing. Nothing on the server itself is touched: adding it again brings everything back.
 *
 * @throws Fault `resource.busy` while a job works there; `state.conflict`, naming them, when resources that were added by hand have
 * backups, or backups of other servers rest here, and nobody said `resources=keep`
 */
export async function removeServer(ctx: ActorContext, input: RemoveServer): Promise<RemovedServer> {
  const { deps, actor } = ctx;
  const row = await findServer(ctx, input.id);
  ctx.trail.target = { kind: "server", id: row.id, name: row.name };
  if (row.kind === "local") requireInstanceOwner(actor, "the machine that Cofre runs on");
  const kept = await deps.db.transaction(async (tx) => {
    await refuseBusy(tx, row);
    const theirs = await withBackups(tx, row);
    const guests = await guestsOf(tx, row);
    if (input.resources !== "keep") refuseUnasked(row, { theirs, guests });
    await forgetOthers(tx, row, theirs);
    if (theirs.length + guests > 0) await hide(tx, row);
    else await removeAll(tx, row);
    return theirs;
  });
  await deps.reach.forget(row.id);
  const shown = kept.filter(({ resource }) => resource.removedAt === null);
  if (shown.length === 0) return undefined;
  return {
    kept: shown.map(({ resource: { id, projectId, name }, backups: number }) => ({
      ...{ id, projectId, name },
      backups: number,
    })),
  };
}

interface Holding {
  readonly resource: ResourceRow;
  readonly backups: number;
}

/** A scan changes nothing at the server, and finds it gone. */
async function refuseBusy(tx: Database, { id }: ServerRow): Promise<void> {
  const [open] = await tx
    .select()
    .from(jobs)
    .where(and(eq(jobs.serverId, id), inArray(jobs.status, ["queued", "running"]), ne(jobs.kind, "scan")))
    .limit(1);
  if (open !== undefined) throw busyWith(open);
}

const isKept = and(isNull(backups.removedAt), eq(backups.status, "completed"));

/** Resources of the server, removed ones too, whose backups are kept, wherever they rest. */
async function withBackups(tx: Database, { id }: ServerRow): Promise<readonly Holding[]> {
  const rows = await tx
    .select({
      resource: resources,
      backups: tx.$count(backups, and(eq(backups.resourceId, resources.id), isKept)),
    })
    .from(resources)
    .where(eq(resources.serverId, id));
  return rows.filter((row) => row.backups > 0);
}

/** Kept backups of other servers' resources that rest in a store of this one. */
async function guestsOf(tx: Database, { id }: ServerRow): Promise<number> {
  const rows = await tx
    .select({ id: backups.id })
    .from(backups)
    .innerJoin(stores, eq(stores.id, backups.storeId))
    .innerJoin(resources, eq(resources.id, backups.resourceId))
    .where(and(eq(stores.serverId, id), ne(resources.serverId, id), isKept));
  return rows.length;
}

function refuseUnasked(
  { name }: ServerRow,
  { theirs, guests }: { readonly theirs: readonly Holding[]; readonly guests: number },
): void {
  const byHand = theirs.filter(({ resource }) => !resource.detected && resource.removedAt === null);
  if (byHand.length === 0 && guests === 0) return;
  const names = byHand.map(({ resource }) => resource.name).join(", ");
  const first = names === "" ? [] : [`${names} on ${name} were added by hand and have backups`];
  const second = guests === 0 ? [] : [`${guests} backups of other servers rest on ${name}`];
  throw conflict(
    [...first, ...second].join("; "),
    { resources: names, backups: guests },
    "Remove them first, or ask again with resources=keep: their backups stay listed, out of reach until the server is added again.",
  );
}

/** What has no backup goes; what has some stays, without a schedule that could only fail. */
async function forgetOthers(tx: Database, { id }: ServerRow, theirs: readonly Holding[]): Promise<void> {
  const staying = theirs.map(({ resource }) => resource.id);
  const others = tx
    .select({ id: resources.id })
    .from(resources)
    .where(and(eq(resources.serverId, id), notInArray(resources.id, staying)));
  await tx.delete(backups).where(inArray(backups.resourceId, others));
  await tx.delete(resources).where(and(eq(resources.serverId, id), notInArray(resources.id, staying)));
  await tx.update(resources).set({ status: "missing", health: null }).where(inArray(resources.id, staying));
  await tx
    .update(schedules)
    .set({ enabled: false, nextRunAt: null })
    .where(inArray(schedules.resourceId, staying));
}

/** The row stays for what hangs on it, without anything that could open a connection. */
async function hide(tx: Database, { id }: ServerRow): Promise<void> {
  const forgotten = { sealedAuth: null, authFields: [], externalId: null, statusFault: null };
  await tx
    .update(servers)
    .set({ ...forgotten, status: "removed", dockerClient: null })
    .where(eq(servers.id, id));
}

async function removeAll(tx: Database, { id }: ServerRow): Promise<void> {
  const here = tx.select({ id: stores.id }).from(stores).where(eq(stores.serverId, id));
  await tx.delete(backups).where(inArray(backups.storeId, here));
  await tx.delete(stores).where(eq(stores.serverId, id));
  await tx.delete(servers).where(eq(servers.id, id));
}

/** The id of the removed row of the same machine, else a new one: added again, it brings back its resources and their backups. */
export async function removedOrNewId(
  { deps, actor }: ActorContext,
  {
    kind,
    host,
    port,
  }: Pick<ServerRow, "kind"> & { readonly host?: string | undefined; readonly port: number },
): Promise<string> {
  const same =
    kind === "local" ? eq(servers.kind, "local") : and(eq(servers.host, host ?? ""), eq(servers.port, port));
  const [row] = await deps.db
    .select({ id: servers.id })
    .from(servers)
    .where(and(eq(servers.organizationId, actor.organizationId), eq(servers.status, "removed"), same))
    .limit(1);
  return row?.id ?? newId();
}
