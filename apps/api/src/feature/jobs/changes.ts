import type { Deps } from "../../deps.ts";
import type { JobRow } from "../../work/queue-contract.ts";
import { selectChangedJobs } from "./rows.ts";

type Listener = (row: JobRow) => void;

/** Tells every open stream of a process which jobs changed, by whatever process: one query a tick for all of them, none without listeners. */
export interface JobChanges {
  listen(listener: Listener): () => void;
  stop(): void;
}

const TICK_MS = 400;

/** Two clocks (ours and the database's) and transactions that commit late: look back this far, and send only what is new. */
const OVERLAP_MS = 5_000;
const FORGOTTEN_MS = 60_000;

export function watchJobs(deps: Pick<Deps, "db" | "log">): JobChanges {
  const listeners = new Set<Listener>();
  const look = watcher(deps, listeners);
  let timer: NodeJS.Timeout | undefined;
  const schedule = () => {
    if (timer !== undefined || listeners.size === 0) return;
    timer = setTimeout(() => {
      look()
        .catch((error: unknown) => deps.log.warn({ err: error }, "jobs could not be read for the streams"))
        .finally(() => {
          timer = undefined;
          schedule();
        });
    }, TICK_MS);
    timer.unref();
  };
  return {
    listen: (listener) => {
      listeners.add(listener);
      schedule();
      return () => void listeners.delete(listener);
    },
    stop: () => {
      listeners.clear();
      clearTimeout(timer);
    },
  };
}

/** One look at what changed since the last one. */
function watcher({ db }: Pick<Deps, "db">, listeners: ReadonlySet<Listener>): () => Promise<void> {
  const seen = new Map<string, string>();
  let newest = Date.now();
  return async () => {
    const now = Date.now();
    // After a pause without listeners nobody waits for the past: whoever comes reads what is there.
    if (now - newest > FORGOTTEN_MS) seen.clear();
    newest = Math.max(newest, now - FORGOTTEN_MS);
    for (const row of await selectChangedJobs(db, new Date(newest - OVERLAP_MS))) {
      newest = Math.max(newest, row.updatedAt.getTime());
      const version = `${row.updatedAt.getTime()} ${row.status} ${row.phase} ${row.progress?.bytes ?? 0}`;
      if (seen.get(row.id) === version) continue;
      seen.set(row.id, version);
      for (const listener of listeners) listener(row);
    }
  };
}
