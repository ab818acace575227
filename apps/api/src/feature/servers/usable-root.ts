import { posix } from "node:path";
import type { Server } from "@cofre/core";
import { isFault } from "@cofre/core/model";
import { newId } from "../../db/columns.ts";
import { USUAL_ROOT } from "./probe.ts";

/** `/opt/backups` where the server's user can write there, else a folder at home. */
export async function usableRoot(server: Server): Promise<string> {
  const { home } = await server.facts();
  return await rootOf(server, posix.join(home, "backups"));
}

/** `/opt/backups`, or the other folder where the user may not write there. */
export async function rootOf(server: Server, otherwise: string): Promise<string> {
  try {
    // A folder of ours inside tells more than the folder's own rights: it may be on a disk that is mounted read-only.
    const probe = posix.join(USUAL_ROOT, `.cofre-${newId()}`);
    await server.files.makeFolder(probe);
    await server.run({ argv: ["rmdir", "--", probe] });
    return USUAL_ROOT;
  } catch (error) {
    if (isFault(error, "server.permission") || isFault(error, "server.read-only")) return otherwise;
    throw error;
  }
}
