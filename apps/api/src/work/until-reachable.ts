import { setTimeout as sleep } from "node:timers/promises";
import { isFault } from "@cofre/core/model";
import type { Running } from "./running.ts";

const AGAIN_MS = 5_000;

/**
 * The way to what an earlier attempt worked on. Something of it may still run there or wait to be swept, so a server that is away is
 * waited for, as long as a stall; a new job fails at once instead, and its owner learns why.
 */
export async function untilReachable<Way>(
  { isTakenUp, work }: Running,
  reach: () => Promise<Way>,
): Promise<Way> {
  const until = work.now().getTime() + work.stallMs;
  for (;;) {
    try {
      return await reach();
    } catch (error) {
      const mayWait = isTakenUp && isFault(error, "server.unreachable") && !work.signal.aborted;
      if (!mayWait || work.now().getTime() > until) throw error;
      await sleep(AGAIN_MS, undefined, { signal: work.signal }).catch(() => undefined);
    }
  }
}
