import type { DumpPlan } from "../engine/engine.ts";
import type { Packer } from "../pipeline/stage.ts";
import type { TakeBackup } from "./requests.ts";

/** How a dump is to be carried to its store. */
export interface Carriage {
  readonly request: TakeBackup;
  readonly plan: DumpPlan;
  /** Done by programs on the server, from the dump outwards. */
  readonly stages: readonly Packer[];
  /** Done after those by Cofre itself, because the server lacks the program. */
  readonly here: readonly Packer[];
  /** Extension of the archive, every stage included: `.dump.zst`. */
  readonly extension: string;
}
