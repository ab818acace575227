import { sweepAbandoned } from "@cofre/core";
import { toFault } from "@cofre/core/model";
import { and, eq, inArray, or } from "../db/orm.ts";
import { backupCopies } from "../db/schema/backup-copies.ts";
import { backups } from "../db/schema/backups.ts";
import { jobs } from "../db/schema/jobs.ts";
import { stores } from "../db/schema/stores.ts";
import type { Deps } from "../deps.ts";

type Sweeping = Pick<Deps, "db" | "reach" | "installation" | "log">;

/**
 * Sweeps what jobs that are over left on servers: a worker that died while its server was out of reach could not do it. Only where no
 * open job can be at work; another installation's jobs are never touched.
 */
export async function sweepServers(deps: Sweeping): Promise<void> {
  const rows = await deps.db
    .select({ id: stores.id, serverId: stores.serverId })
    .from(stores)
    .where(eq(stores.kind, "directory"));
  for (const { id, serverId } of rows) {
    if (serverId === null || (await hasOpenJob(deps, serverId))) continue;
    try {
      const swept = await sweepAbandoned({
        server: await deps.reach.server(serverId),
        store: await deps.reach.store(id),
        owner: deps.installation.id,
        isWanted: () => hasOpenJob(deps, serverId),
      });
      if (swept > 0) deps.log.info({ serverId, swept }, "what ended jobs had left on a server was swept");
    } catch (error) {
      // Away, or without rights: the next turn tries again.
      deps.log.debug({ serverId, code: toFault(error).code }, "a server could not be swept");
    }
  }
}

/** A job works where its resource is, and where the archives rest that it reads or writes: a validation reads one to its end there. */
async function hasOpenJob({ db }: Sweeping, serverId: string): Promise<boolean> {
  const open = await db
    .select({ serverId: jobs.serverId, backupIds: jobs.backupIds })
    .from(jobs)
    .where(inArray(jobs.status, ["queued", "running"]));
  if (open.some((job) => job.serverId === serverId)) return true;
  const used = open.flatMap(({ backupIds }) => backupIds);
  if (used.length === 0) return false;
  const [there] = await db
    .select({ id: backups.id })
    .from(backups)
    .leftJoin(backupCopies, eq(backupCopies.backupId, backups.id))
    .innerJoin(stores, or(eq(stores.id, backups.storeId), eq(stores.id, backupCopies.storeId)))
    .where(and(inArray(backups.id, used), eq(stores.serverId, serverId)))
    .limit(1);
  return there !== undefined;
}
