import { withCollision } from "../archive/layout.ts";
import { Fault, isFault } from "../model/fault.ts";
import type { Store } from "../store/store.ts";

/** What an archive is to be called, and who keeps that. */
export interface KeyClaim {
  readonly store: Store;
  /** Key without its extension. */
  readonly keyStem: string;
  /** Remembers the key; rejects with `store.exists` when another archive is remembered under it. */
  readonly onKey: (key: string) => Promise<void>;
}

const MOST_COLLISIONS = 1_000;

/**
 * The first name that neither the store nor the catalogue has for another archive; taken ones get `-n`. Resolves once the name is
 * remembered and `use` has taken it; a `use` that rejects with `store.exists` leads to the next name too.
 *
 * @throws Fault `store.exists` when every name is taken
 */
export async function claimKey(
  { store, keyStem, onKey }: KeyClaim,
  extension: string,
  use: (key: string) => Promise<void> = async () => undefined,
): Promise<string> {
  for (let n = 1; n <= MOST_COLLISIONS; n += 1) {
    const key = withCollision(keyStem, n) + extension;
    if ((await store.stat(key)) !== undefined) continue;
    try {
      await onKey(key);
      await use(key);
      return key;
    } catch (error) {
      if (!isFault(error, "store.exists")) throw error;
    }
  }
  throw new Fault("store.exists", `every name from ${keyStem}${extension} on is taken in ${store.name}`);
}
