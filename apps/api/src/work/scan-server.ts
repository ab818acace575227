import { isFault, toFault } from "@cofre/core/model";
import { and, asc, desc, eq, ne } from "../db/orm.ts";
import { servers } from "../db/schema/servers.ts";
import { stores } from "../db/schema/stores.ts";
import type { ServerRow } from "../reach/reach.ts";
import { keepCleaned } from "./cleaned.ts";
import type { ScanDeps } from "./scan.ts";

/** Connects, and writes what the machine is and how much room its stores have. Throws `server.*`. */
export async function refreshServer(
  deps: ScanDeps,
  serverId: string,
  signal: AbortSignal,
): Promise<ServerRow> {
  const server = await deps.reach.server(serverId);
  const facts = await server.facts();
  const places = await deps.db
    .select({ id: stores.id, root: stores.root })
    .from(stores)
    .where(and(eq(stores.serverId, serverId), eq(stores.kind, "directory")))
    .orderBy(desc(stores.isDefault), asc(stores.id));
  // The disk that people mean is the one that the backups fill.
  const disk = await server.files.space(places[0]?.root ?? "/", { signal });
  for (const { id, root } of places) {
    const { freeBytes, totalBytes } = root === null ? disk : await server.files.space(root, { signal });
    await deps.db
      .update(stores)
      .set({ freeBytes, totalBytes, checkedAt: deps.now() })
      .where(eq(stores.id, id));
  }
  const dockerClient = await clientOf(deps, serverId);
  const [row] = await deps.db
    .update(servers)
    .set({
      status: "online",
      statusFault: null,
      os: facts.os,
      dockerClient,
      diskFreeBytes: disk.freeBytes,
      diskTotalBytes: disk.totalBytes,
      lastSeenAt: deps.now(),
      lastScannedAt: deps.now(),
    })
    .where(and(eq(servers.id, serverId), ne(servers.status, "removed")))
    .returning();
  if (row === undefined) throw toFault(new Error(`the server ${serverId} went away while it was scanned`));
  return row;
}

async function clientOf({ reach }: ScanDeps, serverId: string): Promise<string | null> {
  try {
    return (await reach.docker(serverId)).client.join(" ");
  } catch (error) {
    if (isFault(error, "server.no-docker")) return null;
    throw error;
  }
}

/** Writes why the server cannot be worked with. A fault that is nobody's but ours says nothing about the server. */
export async function tellOffline(deps: ScanDeps, serverId: string, error: unknown): Promise<void> {
  const fault = toFault(error);
  if (fault.traits.blame !== "server") return;
  const statusFault = await keepCleaned({ deps, job: { resourceId: null, serverId } }, fault);
  await deps.db
    .update(servers)
    .set({ status: "offline", statusFault, lastScannedAt: deps.now() })
    .where(and(eq(servers.id, serverId), ne(servers.status, "removed")));
}
