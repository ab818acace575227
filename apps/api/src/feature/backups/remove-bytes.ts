import { Manifest, removeBackup } from "@cofre/core";
import type { Reach } from "../../reach/reach.ts";
import type { BackupRow } from "./rows.ts";

/** Removes whatever a backup left in its store. One that never came to rest has nothing there; what is gone already is no error. */
export async function removeBytes(reach: Reach, row: BackupRow): Promise<void> {
  if (row.storeKey === null) return;
  const store = await reach.store(row.storeId);
  const manifest = Manifest.safeParse(row.manifest);
  if (manifest.success) return await removeBackup(store, manifest.data);
  if (row.manifestKey !== null) await store.remove(row.manifestKey);
  for (const key of row.riderKeys) await store.remove(key);
  await store.remove(row.storeKey);
}
