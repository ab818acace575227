import type { LoweredCommand } from "../host/host.ts";
import type { LastBytes } from "../host/server-jobs.ts";
import type { DumpPlan } from "./engine.ts";

/** What a plan wants to see of its dump, in the words of a server job. */
export function loweredObserver(observer: NonNullable<DumpPlan["observer"]>): LoweredCommand | LastBytes {
  return "lastBytes" in observer ? observer : observer.on.lower(observer.command);
}
