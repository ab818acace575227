import { gzip } from "./gzip.ts";
import type { CodecId, Stage } from "./stage.ts";
import { zstd } from "./zstd.ts";

const STAGES: readonly Stage[] = [zstd, gzip];

/** The stage of a codec; undefined for `none`, which does nothing to the bytes. */
export function codec(id: CodecId): Stage | undefined {
  return stageById(id);
}

/** The stage that a manifest names; undefined when this Cofre does not know it. */
export function stageById(id: string): Stage | undefined {
  return STAGES.find((stage) => stage.id === id);
}
