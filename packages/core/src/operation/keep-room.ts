import { setTimeout as sleep } from "node:timers/promises";
import { reserveOf } from "../engine/disk-room.ts";
import type { Disk } from "../engine/engine.ts";
import type { Files } from "../host/host.ts";
import { Fault } from "../model/fault.ts";
import type { Store } from "../store/store.ts";
import type { Work } from "./work.ts";

/** Faster than a database or a dump fills any disk that we met; how soon to look again follows from it. */
const FASTEST_BYTES_PER_MS = 500_000;
const SOONEST_MS = 200;
const LATEST_MS = 10_000;
const MIB = 1024 * 1024;

type Space = Awaited<ReturnType<Files["space"]>>;

/** A disk that work fills and others live on. */
interface Room {
  /** Undefined, or a failure, where it cannot be asked: then it is not watched. */
  look(): Promise<Space | undefined>;
  /** What is left free, by how it was when it was seen first. */
  reserve(first: Space): number;
  /** For the message: "the disk of the database", and what was stopped. */
  readonly disk: string;
  readonly work: string;
  readonly hint: string;
}

/** The disk that a load fills, where the engine knows it. */
export function roomOfLoad(disk: Disk | undefined): Room | undefined {
  if (disk === undefined) return undefined;
  return {
    look: async () => await disk.host.files.space(disk.folder, { tag: disk.tag }),
    reserve: ({ totalBytes }) => reserveOf(totalBytes),
    disk: "the disk of the database",
    work: "the load",
    hint: "Free space on that disk, then try again: its server would stop for everybody when nothing is left.",
  };
}

/**
 * The disk that archives rest on, which often is their databases' own. A backup that is small for it goes on where little is left: of
 * that it leaves half.
 */
export function roomOfStore(store: Store): Room | undefined {
  if (store.place === undefined) return undefined;
  return {
    look: () => store.space(),
    reserve: ({ freeBytes, totalBytes }) => Math.min(256 * MIB, totalBytes / 20, freeBytes / 2),
    disk: `the disk of ${store.name}`,
    work: "the backup",
    hint: "Free space there, keep fewer backups, or choose another store: a server whose disk is full stops for everybody.",
  };
}

/**
 * Does what fills a disk, and stops it while that disk still has room for the servers that live on it: what was made is swept then, and
 * they never noticed.
 *
 * @throws Fault `server.no-space` with both sizes
 */
export async function keepRoom<Result>(
  work: Work,
  room: Room | undefined,
  act: (watched: Work) => Promise<Result>,
): Promise<Result> {
  if (room === undefined) return await act(work);
  const full = new AbortController();
  const over = new AbortController();
  const watching = watch(room, over.signal).then((fault) => fault && full.abort(fault));
  try {
    return await act({ ...work, signal: AbortSignal.any([work.signal, full.signal]) });
  } finally {
    over.abort();
    await watching;
  }
}

/** Resolves when the room gets short, or with nothing when it is told to end. What is over at once costs no look. */
async function watch(room: Room, over: AbortSignal): Promise<Fault | undefined> {
  let reserve: number | undefined;
  let restMs = SOONEST_MS;
  for (;;) {
    await sleep(restMs, undefined, { signal: over }).catch(() => undefined);
    if (over.aborted) return undefined;
    const space = await room.look().catch(() => undefined);
    if (space === undefined) restMs = LATEST_MS;
    else {
      reserve ??= room.reserve(space);
      const spare = space.freeBytes - reserve;
      if (spare < 0) return short(room, space);
      restMs = Math.min(LATEST_MS, Math.max(SOONEST_MS, spare / FASTEST_BYTES_PER_MS));
    }
  }
}

function short({ disk, work, hint }: Room, { freeBytes, totalBytes }: Space): Fault {
  return new Fault(
    "server.no-space",
    `${disk} was filling up: ${work} was stopped with ${freeBytes} of ${totalBytes} bytes free`,
    { hint, context: { freeBytes, totalBytes } },
  );
}
