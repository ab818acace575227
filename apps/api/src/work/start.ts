import type { Deps } from "../deps.ts";
import { scheduler } from "../scheduler/catch-up.ts";
import { sweepServers } from "./abandoned.ts";
import { doBackup } from "./backup.ts";
import { cleanUp, doCleanup } from "./cleanup.ts";
import { doCopy } from "./copy.ts";
import { orderCopies } from "./copy-orders.ts";
import { doDelete } from "./delete.ts";
import { orderDrops } from "./kept-old.ts";
import type { Kinds } from "./perform.ts";
import { createQueue } from "./queue.ts";
import type { JobQueue } from "./queue-contract.ts";
import { finishRemovals } from "./removal.ts";
import { doRestore } from "./restore.ts";
import { doScan } from "./scan.ts";
import { orderScheduledCopies } from "./scheduled-copies.ts";
import { doSync } from "./sync.ts";
import { orderSyncs } from "./sync-orders.ts";
import { startTimer } from "./timer.ts";
import { doValidate } from "./validate.ts";
import { openWaker, type Waker } from "./waker.ts";
import { ServerWatch } from "./watch-servers.ts";
import { Worker } from "./worker.ts";

export const KINDS: Kinds = {
  backup: doBackup,
  restore: doRestore,
  validate: doValidate,
  copy: doCopy,
  sync: doSync,
  delete: doDelete,
  scan: doScan,
  cleanup: doCleanup,
};

/** Jobs at once on one server, by all workers together. */
const PER_SERVER = 2;
const TICK_MS = 15_000;
const COPIES_MS = 30_000;
const CLEANUP_MS = 3_600_000;
const REMOVALS_MS = 300_000;

/** The queue before anybody works on it: enough for a process that only takes requests. */
export interface OpenQueue {
  readonly queue: JobQueue;
  readonly waker: Waker;
  /** Called for every job of this very process; a worker puts itself there. */
  onNudge(nudge: () => void): void;
}

export async function openQueue(deps: Pick<Deps, "catalogue" | "db" | "log" | "now">): Promise<OpenQueue> {
  const waker = await openWaker(deps.catalogue, deps.log);
  let nudge: () => void = () => undefined;
  const queue = createQueue({ db: deps.db, waker, now: deps.now, nudge: () => nudge() });
  return {
    queue,
    waker,
    onNudge: (listener) => {
      nudge = listener;
    },
  };
}

export interface Working {
  /** Stops claiming, lets go of what runs (server jobs run on by themselves), and stops scheduling and watching. */
  close(): Promise<void>;
}

export interface WorkOptions {
  /** False looks at servers only when asked. */
  readonly watches?: boolean;
}

/** Starts everything that works by itself: the worker, the scheduler, the watch over servers, and the cleaning. */
export async function startWork(
  deps: Deps,
  { waker, onNudge }: OpenQueue,
  { watches = true }: WorkOptions = {},
): Promise<Working> {
  const limits = { perWorker: deps.config.workerJobs, perServer: PER_SERVER };
  const worker = new Worker(deps, { kinds: KINDS, limits });
  onNudge(() => worker.nudge());
  await waker.onWake(() => worker.nudge());
  const { log } = deps;
  const timers = [
    startTimer({ name: "schedules", everyMs: TICK_MS, run: scheduler(deps), log }),
    startTimer({ name: "copies", everyMs: COPIES_MS, run: () => orderCopies(deps), log }),
    startTimer({ name: "scheduled copies", everyMs: TICK_MS, run: () => orderScheduledCopies(deps), log }),
    startTimer({ name: "syncs", everyMs: TICK_MS, run: () => orderSyncs(deps), log }),
    startTimer({ name: "cleanup", everyMs: CLEANUP_MS, run: () => cleanUp(deps), log }),
    startTimer({ name: "removals", everyMs: REMOVALS_MS, run: () => finishRemovals(deps), log }),
    startTimer({ name: "abandoned jobs", everyMs: CLEANUP_MS, run: () => sweepServers(deps), log }),
    startTimer({ name: "undo windows", everyMs: CLEANUP_MS, run: () => orderDrops(deps), log }),
  ];
  const watch = watches ? new ServerWatch(deps) : undefined;
  return {
    async close() {
      await waker.close();
      await Promise.all([...timers.map((timer) => timer.close()), watch?.close(), worker.close()]);
    },
  };
}
