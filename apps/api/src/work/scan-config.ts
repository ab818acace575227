import { isDeepStrictEqual } from "node:util";
import type { Engine } from "@cofre/core";
import type { ResourceRow } from "../reach/reach.ts";
import { type ConfigFields, openConfig, restConfig } from "../reach/resource-config.ts";
import type { Sealer } from "../seal/seal.ts";

export interface Refreshing {
  readonly row: ResourceRow;
  readonly engine: Engine;
  /** In clear, as it was found. */
  readonly found: ConfigFields;
}

/**
 * The columns of a config that was found again, nothing when it is the same. Fields edited by hand stay as they are; a secret that
 * could not be read this time (a stopped container's file) is taken to be the old one.
 */
export function refreshedConfig(sealer: Sealer, { row, engine, found }: Refreshing) {
  const there = openConfig(sealer, row);
  const fresh = merged(there, found, { secret: engine.secretFields, edited: row.editedFields });
  if (isDeepStrictEqual(fresh, there)) return {};
  return restConfig({ sealer, engine, resourceId: row.id }, fresh);
}

interface Fields {
  readonly secret: readonly string[];
  readonly edited: readonly string[];
}

function merged(there: ConfigFields, found: ConfigFields, { secret, edited }: Fields): ConfigFields {
  const old = Object.entries(there).filter(([name]) => secret.includes(name) && found[name] === undefined);
  const fresh = Object.entries(found).filter(
    ([name, value]) => !edited.includes(name) && value !== undefined,
  );
  const byHand = Object.entries(there).filter(([name]) => edited.includes(name));
  return Object.fromEntries([...old, ...fresh, ...byHand]);
}
