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

/** Stops and forgets every server job of this owner that nobody works with any more, with what it had made. Resolves with their number. */
export async function sweepAbandoned({ server, store, owner, isWanted }: Abandoned): Promise<number> {
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
