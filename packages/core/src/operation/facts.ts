import type { Manifest } from "../archive/manifest.ts";
import type { UnitFacts } from "../model/engine.ts";

/** What was counted when the backup was taken. */
export function factsOf({ units }: Pick<Manifest, "units">): readonly UnitFacts[] {
  return units.map(({ name, counts, digests }) => ({
    name,
    counts,
    ...(digests === undefined ? {} : { digests }),
  }));
}
