import { newId } from "../db/columns.ts";
import type { Deps } from "../deps.ts";
import { claimNext, giveBack, takeOver } from "./lease.ts";
import { type HeldJob, type Kinds, perform } from "./perform.ts";
import type { JobRow } from "./queue-contract.ts";
import { hold } from "./running.ts";

export interface WorkerOptions {
  readonly kinds: Kinds;
  /** Jobs at once in this process, and on one server. */
  readonly limits: { readonly perWorker: number; readonly perServer: number };
}

const LOOK_MS = 5_000;

interface Performed extends HeldJob {
  readonly done: Promise<void>;
}

/** Claims jobs and does them, until closed. */
export class Worker {
  readonly #deps: Deps;
  readonly #options: WorkerOptions;
  readonly #id = newId();
  readonly #performed = new Map<string, Performed>();
  readonly #timer: NodeJS.Timeout;
  #isClosing = false;
  #isAsked = false;
  #looking: Promise<void> | undefined;
  /** On the embedded database nobody else can be alive: whatever is running at our start has lost its worker. */
  #anyLease: boolean;

  constructor(deps: Deps, options: WorkerOptions) {
    this.#deps = deps;
    this.#options = options;
    this.#anyLease = deps.catalogue.kind === "embedded";
    this.#timer = setInterval(() => this.nudge(), LOOK_MS);
    this.nudge();
  }

  /** Looks for something to do, now. */
  nudge(): void {
    if (this.#isClosing) return;
    this.#isAsked = true;
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
    });
  }

  /** Stops claiming and lets go of what runs; server jobs run on by themselves. */
  async close(): Promise<void> {
    this.#isClosing = true;
    clearInterval(this.#timer);
    await this.#looking;
    const open = [...this.#performed.values()];
    for (const { held } of open) held.detach();
    await Promise.all(open.map(({ done }) => done));
    const jobs = open.map(({ job }) => job);
    await giveBack(this.#deps.db, jobs, this.#deps.now());
  }

  async #look(): Promise<void> {
    while (this.#isAsked && !this.#isClosing) {
      this.#isAsked = false;
      try {
        await this.#takeAll();
      } catch (error) {
        this.#deps.log.warn({ err: error }, "looking for jobs failed");
      }
    }
  }

  async #takeAll(): Promise<void> {
    const { db, now } = this.#deps;
    const { perWorker, perServer } = this.#options.limits;
    while (this.#performed.size < perWorker && !this.#isClosing) {
      const claiming = { workerId: this.#id, now: now(), perServer };
      const lost = await takeOver(db, claiming, {
        anyLease: this.#anyLease,
        own: [...this.#performed.keys()],
      });
      const job = lost ?? (await claimNext(db, claiming));
      if (job === undefined) break;
      this.#begin(job);
    }
    this.#anyLease = false;
  }

  #begin(job: JobRow): void {
    const held = hold(this.#deps, job);
    const { kinds } = this.#options;
    const done = perform(this.#deps, { held, job }, { kinds, isClosing: () => this.#isClosing }).finally(
      () => {
        this.#performed.delete(job.id);
        this.nudge();
      },
    );
    this.#performed.set(job.id, { held, job, done });
  }
}
