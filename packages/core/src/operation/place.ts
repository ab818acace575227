import { posix } from "node:path";
import type { Server } from "../host/host.ts";
import type { Place, Store } from "../store/store.ts";

/** The place of a store, when it lies on this very server: work can then be done without the bytes leaving it. */
export function placeOn(store: Store, server: Server): Place | undefined {
  return store.place?.server === server ? store.place : undefined;
}

const JOURNALS = ".cofre/jobs";

/** Where journals lie: beside the archives when they rest on this server, else in the user's home. */
export async function journalsOn(server: Server, store: Store): Promise<string> {
  const place = placeOn(store, server);
  if (place !== undefined) return posix.join(place.root, JOURNALS);
  const { home } = await server.facts();
  return posix.join(home, JOURNALS);
}

/** Where journals of work with any of these stores, or with one that is elsewhere, lie on this server. */
export async function allJournalsOn(server: Server, stores: readonly Store[]): Promise<ReadonlySet<string>> {
  const { home } = await server.facts();
  const beside = await Promise.all(stores.map((store) => journalsOn(server, store)));
  return new Set([posix.join(home, JOURNALS), ...beside]);
}

/** Where an archive waits until it was judged; hidden from the store's listing. */
export function incomingPath(place: Place, jobId: string): string {
  return posix.join(place.root, ".cofre/incoming", jobId);
}
