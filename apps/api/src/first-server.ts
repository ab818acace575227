import { join } from "node:path";
import { createLocalServer } from "@cofre/core";
import { newId } from "./db/columns.ts";
import { servers } from "./db/schema/servers.ts";
import { stores } from "./db/schema/stores.ts";
import type { Deps } from "./deps.ts";
import { rootOf } from "./feature/servers/usable-root.ts";
import { isSetupOpen } from "./feature/setup/complete.ts";

type Starting = Pick<Deps, "config" | "db" | "installation" | "log">;

/**
 * Until the installation is set up, this machine is made its first server, with a store: `/opt/backups`, or a folder in the data
 * directory where this user may not write there. Once it is set up, a server that somebody removed stays removed.
 */
export async function ensureFirstServer({ config, db, installation, log }: Starting): Promise<void> {
  if (!(await isSetupOpen(db))) return;
  const there = await db.select({ id: servers.id }).from(servers).limit(1);
  if (there.length > 0) return;
  const { organizationId } = installation;
  const root = await localRoot(config.dataDir);
  const id = newId();
  await db.transaction(async (tx) => {
    const inserted = await tx
      .insert(servers)
      .values({ id, organizationId, name: "this machine", kind: "local" })
      // Another process on the same database was first.
      .onConflictDoNothing()
      .returning({ id: servers.id });
    if (inserted.length === 0) return;
    const store = {
      organizationId,
      name: root,
      kind: "directory" as const,
      serverId: id,
      root,
      isDefault: true,
    };
    await tx.insert(stores).values(store);
  });
  log.info({ serverId: id, root }, "this machine is the first server");
}

async function localRoot(dataDir: string): Promise<string> {
  const machine = createLocalServer();
  try {
    return await rootOf(machine, join(dataDir, "backups"));
  } finally {
    await machine[Symbol.asyncDispose]();
  }
}
