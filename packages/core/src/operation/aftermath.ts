import type { Restoration } from "../engine/engine.ts";
import { type Fault, toFault } from "../model/fault.ts";
import type { RestoreBackup } from "./requests.ts";

/** Of a fault of an engine whose target is no longer as it was: its own words say what it is now. */
const CHANGED = "targetChanged";

export function hasChanged(fault: Fault): boolean {
  return fault.context[CHANGED] === true;
}

/**
 * What became of the target of a restore that failed, as a clause to be put behind the failure: asked of the target itself after
 * everything was swept, never supposed. "switched" when the restored data is there after all.
 */
export async function aftermath(
  { engine }: Pick<RestoreBackup, "engine">,
  restoration: Restoration,
): Promise<"switched" | { readonly says: string }> {
  try {
    const stage = await restoration.stage();
    if (stage === "switched") return stage;
    if (stage === "staged") return { says: "; something of the restore is left beside the target" };
    return { says: engine.capabilities.atomicRestore ? "; the target is as it was" : "" };
  } catch (error) {
    return { says: `; how the target is now could not be asked (${toFault(error).message})` };
  }
}
