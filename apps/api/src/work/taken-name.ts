import { Fault } from "@cofre/core/model";
import type { Database } from "../db/database.ts";
import { and, eq, ne } from "../db/orm.ts";
import { backupCopies } from "../db/schema/backup-copies.ts";
import { backups } from "../db/schema/backups.ts";

/** A name in a store, and the row of the backup or copy that is to have it. */
export interface WantedName {
  readonly storeId: string | null;
  readonly key: string;
  readonly owner: string;
}

/**
 * A name is one archive's in its store, whether it lies there as a backup or as a copy, and stays so when somebody deleted its bytes:
 * whoever removes the first from the catalogue would remove the second's.
 *
 * @throws Fault `store.exists`
 */
export async function refuseTakenName(db: Database, { storeId, key, owner }: WantedName): Promise<void> {
  if (storeId === null) return;
  for (const table of [backups, backupCopies]) {
    const isAnother = and(eq(table.storeId, storeId), eq(table.storeKey, key), ne(table.id, owner));
    const [row] = await db.select({ id: table.id }).from(table).where(isAnother).limit(1);
    if (row !== undefined) throw new Fault("store.exists", `another archive is in the catalogue as ${key}`);
  }
}
