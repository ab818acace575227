import type { Restoration } from "../engine/engine.ts";
import { Fault, toFault } from "../model/fault.ts";
import type { RestoreBackup } from "./requests.ts";

/**
 * What a fault's context says of the target: true when it is no longer as it was (the fault's own words say what it is now), false when
 * it was asked and is; absent when nobody knows.
 */
const CHANGED = "targetChanged";

export function hasChanged(fault: Fault): boolean {
  return fault.context[CHANGED] === true;
}

/**
 * Of an engine that writes over what is there, once it has begun: what it wrote stays beside what was there, and that is told. A cancel
 * that left something is told as a failure: somebody must look.
 */
export function perhapsHalf({ engine }: Pick<RestoreBackup, "engine">, error: unknown): unknown {
  const fault = toFault(error);
  if (engine.capabilities.atomicRestore || hasChanged(fault)) return error;
  const code = fault.code === "job.cancelled" ? "restore.failed" : fault.code;
  return new Fault(code, `${fault.message}; the target may hold a part of the backup now`, {
    hint: "Restore again to bring it to its end, or restore what was backed up before to go back.",
    cause: error,
    context: { ...fault.context, [CHANGED]: true },
  });
}

interface Aftermath {
  /** A clause to be put behind the failure. */
  readonly says: string;
  /** For the failure's context. */
  readonly context: Fault["context"];
}

/**
 * What became of the target of a restore that failed: asked of the target itself after everything was swept, never supposed.
 * "switched" when the restored data is there after all.
 */
export async function aftermath(
  { engine }: Pick<RestoreBackup, "engine">,
  restoration: Restoration,
): Promise<"switched" | Aftermath> {
  try {
    const stage = await restoration.stage();
    if (stage === "switched") return stage;
    if (stage === "staged")
      return { says: "; something of the restore is left beside the target", context: {} };
    if (!engine.capabilities.atomicRestore) return { says: "", context: {} };
    return { says: "; the target is as it was", context: { [CHANGED]: false } };
  } catch (error) {
    return {
      says: `; how the target is now could not be asked (${toFault(error).message})`,
      context: {},
    };
  }
}
