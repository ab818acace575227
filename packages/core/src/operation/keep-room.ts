import { setTimeout as sleep } from "node:timers/promises";
import { type Disk, reserveOf } from "../engine/disk-room.ts";
import { Fault } from "../model/fault.ts";
import type { Work } from "./work.ts";

/** Faster than a database takes a load on any disk that we met; how soon to look again follows from it. */
const FASTEST_BYTES_PER_MS = 500_000;
const SOONEST_MS = 500;
const LATEST_MS = 10_000;

/**
 * Runs a load, and stops it while the disk that it fills still has room for its server's own log: what was loaded is swept then, and the
 * server never noticed. A disk that cannot be asked is not watched.
 *
 * @throws Fault `server.no-space` with both sizes
 */
export async function keepRoom<Result>(
  work: Work,
  disk: Disk | undefined,
  load: (watched: Work) => Promise<Result>,
): Promise<Result> {
  if (disk === undefined) return await load(work);
  const full = new AbortController();
  const over = new AbortController();
  const watching = watch(disk, over.signal).then((fault) => fault && full.abort(fault));
  try {
    return await load({ ...work, signal: AbortSignal.any([work.signal, full.signal]) });
  } finally {
    over.abort();
    await watching;
  }
}

/** Resolves when the room gets short, or with nothing when it is told to end. */
async function watch(disk: Disk, over: AbortSignal): Promise<Fault | undefined> {
  while (!over.aborted) {
    const space = await disk.host.files.space(disk.folder, { tag: disk.tag }).catch(() => undefined);
    const spareBytes = space === undefined ? 0 : space.freeBytes - reserveOf(space.totalBytes);
    if (space !== undefined && spareBytes < 0 && !over.aborted) return short(space);
    const restMs = Math.min(LATEST_MS, Math.max(SOONEST_MS, spareBytes / FASTEST_BYTES_PER_MS));
    await sleep(restMs, undefined, { signal: over }).catch(() => undefined);
  }
  return undefined;
}

function short({ freeBytes, totalBytes }: { freeBytes: number; totalBytes: number }): Fault {
  return new Fault(
    "server.no-space",
    `the disk of the database was filling up: the load was stopped with ${freeBytes} of ${totalBytes} bytes free`,
    {
      hint: "Free space on that disk, then try again: its server would stop for everybody when nothing is left.",
      context: { freeBytes, totalBytes },
    },
  );
}
