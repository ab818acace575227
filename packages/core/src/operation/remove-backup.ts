import { manifestKey } from "../archive/layout.ts";
import type { Manifest } from "../archive/manifest.ts";
import type { Store } from "../store/store.ts";

/** Removes an archive and everything beside it. The manifest goes first: an archive without one is not a backup. Idempotent. */
export async function removeBackup(
  store: Store,
  manifest: {
    readonly archive: Pick<Manifest["archive"], "key">;
    readonly riders: readonly Pick<Manifest["riders"][number], "key">[];
  },
): Promise<void> {
  await store.remove(manifestKey(manifest.archive.key));
  for (const rider of manifest.riders) await store.remove(rider.key);
  await store.remove(manifest.archive.key);
}
