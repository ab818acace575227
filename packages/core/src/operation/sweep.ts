import type { Server } from "../host/host.ts";
import type { ServerJobs } from "../host/server-jobs.ts";
import type { Store } from "../store/store.ts";
import { incomingPath, journalsOn, placeOn } from "./place.ts";

/** What an attempt that was fed or streamed left cannot be taken up again: it is stopped and forgotten, and the work starts anew. */
export async function sweepOldAttempt(jobs: ServerJobs, journals: string, id: string): Promise<void> {
  const [old] = await jobs.poll(journals, [id]);
  if (old === undefined || old.state === "absent") return;
  if (old.state === "running" || old.state === "died") await jobs.cancel(journals, id);
  await jobs.forget(journals, id);
}

export interface Abandoned {
  readonly server: Server;
  readonly store: Store;
  readonly owner: string;
  /** Asked after the jobs were listed: whether one of them may still belong to work that goes on. */
  readonly isWanted: () => Promise<boolean>;
}

/**
 * Stops and forgets every server job of this owner that nobody works with any more, with what it had made, and removes the partial files
 * of its attempts that were cut. Resolves with their number.
 */
export async function sweepAbandoned(abandoned: Abandoned): Promise<number> {
  return (await sweepJobs(abandoned)) + (await sweepPartials(abandoned));
}

/** Work that gets no byte for a quarter of this is stalled and ended: nobody writes to such a file any more, from whichever server. */
const SILENT_MINUTES = 60;

async function sweepPartials({ server, store, owner }: Abandoned): Promise<number> {
  const root = placeOn(store, server)?.root;
  // A glob is made of it: only what is an id.
  if (root === undefined || !/^[0-9a-f]{32}$/.test(owner)) return 0;
  const names = ["(", "-name", `.${owner}-*.partial`, "-o", "-name", `.cofre-${owner}-*.partial`, ")"];
  const old = ["-type", "f", "-mmin", `+${SILENT_MINUTES}`];
  const argv = ["find", root, ...names, ...old, "-exec", "rm", "-f", "{}", ";", "-print"] as const;
  const { stdout } = await server.run({ argv });
  return stdout.split("\n").filter((line) => line !== "").length;
}

async function sweepJobs({ server, store, owner, isWanted }: Abandoned): Promise<number> {
  const journals = await journalsOn(server, store);
  const place = placeOn(store, server);
  const left = await server.jobs.list(journals, owner);
  if (left.length === 0 || (await isWanted())) return 0;
  for (const { id, state } of left) {
    if (state === "running" || state === "died") await server.jobs.cancel(journals, id, owner);
    await server.jobs.forget(journals, id, owner);
    if (place !== undefined) await server.files.remove(incomingPath(place, id));
  }
  return left.length;
}
