import { posix } from "node:path";
import type { Engine } from "@cofre/core";
import { Fault } from "@cofre/core/model";
import type { Database } from "../../db/database.ts";
import { and, eq, isNotNull } from "../../db/orm.ts";
import { stores } from "../../db/schema/stores.ts";
import type { ServerRow } from "../../reach/reach.ts";
import { isBelow } from "./allowed-paths.ts";

/** Paths of a server that are to be backed up, or restored into. */
export interface Taken {
  readonly server: Pick<ServerRow, "id" | "name">;
  readonly engine: Engine;
  readonly paths: readonly string[];
}

/** Where a store writes, below its root. */
const OWN_FOLDERS = ["databases", "files", ".cofre"];

/**
 * An archive that holds its store's own folder holds all archives before it, and itself while it is written; a restore into such a path
 * would move the archives away.
 *
 * @param real resolves links on the server, where somebody is connected to it
 * @throws Fault `target.unsuitable`, naming the path and the store's folder
 */
export async function requireApart(
  db: Database,
  { server, engine, paths }: Taken,
  real: (path: string) => Promise<string> = async (path) => path,
): Promise<void> {
  if (engine.capabilities.unit !== "path") return;
  const there = await db
    .select({ root: stores.root })
    .from(stores)
    .where(and(eq(stores.serverId, server.id), eq(stores.kind, "directory"), isNotNull(stores.root)));
  const taken = await Promise.all(paths.map(async (path) => ({ path, full: await real(path) })));
  for (const { root } of there) {
    if (root === null) continue;
    const folder = await real(root);
    const meets = taken.find(({ full }) => overlaps(full, folder));
    if (meets !== undefined) throw unsuitable(server, { path: meets.path, root });
  }
}

function overlaps(path: string, root: string): boolean {
  return isBelow(root, path) || OWN_FOLDERS.some((own) => isBelow(path, posix.join(root, own)));
}

function unsuitable(
  { name }: Taken["server"],
  { path, root }: { readonly path: string; readonly root: string },
): Fault {
  return new Fault(
    "target.unsuitable",
    `${path} and ${root}, where backups on ${name} rest, lie in each other`,
    {
      hint: "Name the folders beside it one by one, or let backups rest elsewhere.",
      context: { path, store: root },
    },
  );
}
