import { sweepAbandoned } from "@cofre/core";
import { toFault } from "@cofre/core/model";
import { and, eq, inArray } from "drizzle-orm";
import { jobs } from "../db/schema/jobs.ts";
import { stores } from "../db/schema/stores.ts";
import type { Deps } from "../deps.ts";

type Sweeping = Pick<Deps, "db" | "reach" | "installation" | "log">;

/**
 * Sweeps what jobs that are over left on servers: a worker that died while its server was out of reach could not do it. Only where no
 * job of the server is open; another installation's jobs are never touched.
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

async function hasOpenJob({ db }: Sweeping, serverId: string): Promise<boolean> {
  const [open] = await db
    .select({ id: jobs.id })
    .from(jobs)
    .where(and(eq(jobs.serverId, serverId), inArray(jobs.status, ["queued", "running"])))
    .limit(1);
  return open !== undefined;
}
