import type { DumpPlan } from "../engine/engine.ts";
import type { Stage } from "../pipeline/stage.ts";
import type { TakeBackup } from "./requests.ts";

/** How a dump is to be carried to its store. */
export interface Carriage {
  readonly request: TakeBackup;
  readonly plan: DumpPlan;
  readonly stages: readonly Stage[];
  /** Extension of the archive, every stage included: `.dump.zst`. */
  readonly extension: string;
}
