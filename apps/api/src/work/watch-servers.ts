import { setTimeout as sleep } from "node:timers/promises";
import { toFault } from "@cofre/core/model";
import { ne } from "../db/orm.ts";
import { servers } from "../db/schema/servers.ts";
import type { ServerRow } from "../reach/reach.ts";
import { rescan, type ScanDeps } from "./scan.ts";
import { startTimer, type Timer } from "./timer.ts";

/** How often a server is looked at although nothing was heard of it. */
const RESCAN_MS = 5 * 60_000;
const LOOK_MS = 30_000;
/** A deployment tells many events in a row: one look once they paused, or after a while in any case. */
const PAUSE_MS = 2_000;
const LONGEST_PAUSE_MS = 15_000;
/** On a server where containers come and go all the time, looking must not be all that is done. */
const REST_MS = 10_000;
/** Before listening again at a server that went away. */
const AGAIN_MS = 30_000;

interface Watched {
  readonly stop: AbortController;
  readonly done: Promise<void>;
}

/** Keeps every server's rows as they are there: listens to its container engine while it is connected, and looks again by a timer. */
export class ServerWatch {
  readonly #deps: ScanDeps;
  readonly #watched = new Map<string, Watched>();
  readonly #scanning = new Map<string, Promise<void>>();
  readonly #closing = new AbortController();
  readonly #timer: Timer;

  constructor(deps: ScanDeps) {
    this.#deps = deps;
    this.#timer = startTimer({ name: "servers", everyMs: LOOK_MS, run: () => this.#look(), log: deps.log });
  }

  async close(): Promise<void> {
    this.#closing.abort();
    for (const { stop } of this.#watched.values()) stop.abort();
    await this.#timer.close();
    await Promise.all([...this.#watched.values()].map(({ done }) => done));
    await Promise.all(this.#scanning.values());
  }

  async #look(): Promise<void> {
    const rows = await this.#deps.db.select().from(servers).where(ne(servers.status, "removed"));
    this.#dropOthers(rows);
    for (const row of rows) {
      if (this.#closing.signal.aborted) return;
      if (isDue(row, this.#deps.now())) void this.#scan(row.id);
      if (!this.#watched.has(row.id)) this.#watched.set(row.id, this.#watch(row.id));
    }
  }

  #dropOthers(rows: readonly ServerRow[]): void {
    for (const [id, { stop }] of this.#watched) {
      if (rows.some((row) => row.id === id)) continue;
      stop.abort();
      this.#watched.delete(id);
    }
  }

  /** A failure is in the server's row; only what is our own is told. */
  #scan(serverId: string): Promise<void> {
    const known = this.#scanning.get(serverId);
    if (known !== undefined) return known;
    const scan = rescan(this.#deps, serverId, this.#closing.signal)
      .then(
        () => undefined,
        (error: unknown) => {
          const fault = toFault(error);
          if (fault.code === "bug") this.#deps.log.error({ err: error, serverId }, "a scan broke");
        },
      )
      .finally(() => this.#scanning.delete(serverId));
    this.#scanning.set(serverId, scan);
    return scan;
  }

  #watch(serverId: string): Watched {
    const stop = new AbortController();
    const signal = AbortSignal.any([stop.signal, this.#closing.signal]);
    const heard = () => this.#scan(serverId);
    return { stop, done: listenAgain({ deps: this.#deps, serverId, signal, heard }) };
  }
}

function isDue({ lastScannedAt }: ServerRow, now: Date): boolean {
  return lastScannedAt === null || now.getTime() - lastScannedAt.getTime() > RESCAN_MS;
}

interface Listening {
  readonly deps: ScanDeps;
  readonly serverId: string;
  readonly signal: AbortSignal;
  /** Something happened there. */
  readonly heard: () => Promise<void>;
}

async function listenAgain(listening: Listening): Promise<void> {
  const { deps, serverId, signal } = listening;
  while (!signal.aborted) {
    let pauseMs = AGAIN_MS;
    try {
      await listen(listening);
    } catch (error) {
      // Away, or without a container engine: the timer's scans tell it in the server's row.
      const { code } = toFault(error);
      if (code === "server.no-docker") pauseMs = RESCAN_MS;
      deps.log.debug({ serverId, code }, "listening to a server's containers ended");
    }
    await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
  }
}

async function listen({ deps, serverId, signal, heard }: Listening): Promise<void> {
  const docker = await deps.reach.docker(serverId);
  const pause = pauseOf(heard, signal);
  for await (const _event of docker.events(signal)) pause();
}

/** Calls back once nothing more came for a while, and not too often. */
function pauseOf(call: () => Promise<void>, signal: AbortSignal): () => void {
  let timer: NodeJS.Timeout | undefined;
  let since = 0;
  let called = 0;
  signal.addEventListener("abort", () => clearTimeout(timer), { once: true });
  return () => {
    const now = Date.now();
    if (timer === undefined) since = now;
    clearTimeout(timer);
    const pause = Math.min(PAUSE_MS, Math.max(0, since + LONGEST_PAUSE_MS - now));
    timer = setTimeout(
      () => {
        timer = undefined;
        called = Date.now();
        void call();
      },
      Math.max(pause, called + REST_MS - now),
    );
  };
}
