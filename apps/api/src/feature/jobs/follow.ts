import { EventEmitter, on } from "node:events";
import { isJobOver } from "@cofre/core/model";
import type { Actor } from "../../auth/actor.ts";
import type { ActorContext } from "../../trpc/procedures.ts";
import type { JobRow } from "../../work/queue-contract.ts";
import { findJob, viewJob } from "./get.ts";
import { selectJobs } from "./rows.ts";
import type { FollowJobs, JobView } from "./view.ts";

type Asked = Pick<ActorContext, "deps" | "actor">;

/**
 * One job until it is over, or every open job that the actor may see, for ever. What is there is told first, then each change;
 * a reader that is slower than the changes gets each job's newest state, not every step.
 *
 * @throws Fault `not.found`
 */
export async function* followJobs(
  asked: Asked,
  input: FollowJobs,
  signal: AbortSignal,
): AsyncGenerator<JobView> {
  const inbox = new Inbox(signal);
  const wanted = (row: JobRow) => isWanted(row, asked.actor, input);
  // Listening before reading: nothing can change between both unseen.
  const leave = asked.deps.jobChanges.listen((row) => {
    if (wanted(row)) inbox.put(row);
  });
  try {
    for (const row of await present(asked, input)) inbox.put(row);
    for await (const row of inbox.rows()) {
      yield await viewJob(asked, row);
      if (input.jobId !== undefined && isJobOver(row.status)) return;
    }
  } finally {
    leave();
  }
}

async function present(asked: Asked, input: FollowJobs): Promise<readonly JobRow[]> {
  if (input.jobId !== undefined) return [await findJob(asked, input.jobId)];
  const { projectId } = input;
  const filter = { open: true, limit: 200, ...(projectId === undefined ? {} : { projectId }) };
  return (await selectJobs(asked.deps.db, asked.actor, filter)).reverse();
}

/** The same bounds as `visible.jobs`, for rows that the common poller has read. */
function isWanted(row: JobRow, actor: Actor, input: FollowJobs): boolean {
  if (row.organizationId !== actor.organizationId) return false;
  if (actor.projectId !== null && row.projectId !== actor.projectId) return false;
  if (input.projectId !== undefined && row.projectId !== input.projectId) return false;
  return input.jobId === undefined || row.id === input.jobId;
}

/** Newest state per job, in the order in which jobs changed. */
class Inbox {
  readonly #waiting = new Map<string, JobRow>();
  /** What was read at the start comes again from the poller. */
  readonly #told = new Map<string, string>();
  readonly #bell = new EventEmitter();
  readonly #signal: AbortSignal;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  put(row: JobRow): void {
    const known = this.#waiting.get(row.id);
    if (known !== undefined && known.updatedAt > row.updatedAt) return;
    this.#waiting.set(row.id, row);
    this.#bell.emit("row");
  }

  async *rows(): AsyncGenerator<JobRow> {
    if (this.#signal.aborted) return;
    const rings = on(this.#bell, "row", { signal: this.#signal });
    try {
      yield* this.#drain();
      for await (const _ring of rings) yield* this.#drain();
    } catch (error) {
      if (!(error instanceof Error && error.name === "AbortError")) throw error;
    }
  }

  *#drain(): Generator<JobRow> {
    for (const [id, row] of this.#waiting) {
      this.#waiting.delete(id);
      const version = versionOf(row);
      if (this.#told.get(id) === version) continue;
      this.#told.set(id, version);
      yield row;
    }
  }
}

/** Everything that a reader of the stream sees change. */
function versionOf({ status, phase, progress, cancelRequestedAt, backupIds }: JobRow): string {
  return JSON.stringify([status, phase, progress, cancelRequestedAt, backupIds]);
}
