import { createHash } from "node:crypto";
import { type Fired, type Ticking, tick } from "./tick.ts";

/** Without a tick for this long, Cofre was down, or its machine slept. */
const DOWN_MS = 60_000;
/** What is later than this came due while nobody looked. */
const LATE_MS = 60_000;
/** Over this long after a downtime missed runs are spread, each schedule at its own moment. */
export const JITTER_MS = 180_000;

/**
 * The scheduler of one process. What came due while Cofre was down is not begun all at once: a hundred servers that missed their night
 * would otherwise get their dumps in the same second of the morning. It stays due until its moment has come.
 */
export function scheduler(deps: Ticking): () => Promise<readonly Fired[]> {
  let lastTick = Number.NEGATIVE_INFINITY;
  let resumedAt = 0;
  return async () => {
    const now = deps.now().getTime();
    if (now - lastTick > DOWN_MS) resumedAt = now;
    lastTick = now;
    const mayFire = (id: string, dueAt: Date) =>
      now - dueAt.getTime() <= LATE_MS || now >= resumedAt + jitterOf(id);
    return await tick(deps, mayFire);
  };
}

/** The same for a schedule every time, and different for each. */
function jitterOf(scheduleId: string): number {
  return createHash("sha256").update(scheduleId).digest().readUInt32BE() % JITTER_MS;
}
