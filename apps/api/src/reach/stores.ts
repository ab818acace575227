import { directoryStore, retrying, type Server, type Store, s3Store } from "@cofre/core";
import { Fault, Secret } from "@cofre/core/model";
import type { Database } from "../db/database.ts";
import { eq } from "../db/orm.ts";
import { stores } from "../db/schema/stores.ts";
import type { Sealer } from "../seal/seal.ts";
import { guardedDial } from "./guarded-dial.ts";

export type StoreRow = typeof stores.$inferSelect;

interface StoreParts {
  readonly db: Database;
  readonly sealer: Sealer;
  readonly server: (serverId: string) => Promise<Server>;
  /** Id of this installation. */
  readonly owner: string;
}

/** The ways to all stores; those over HTTP keep their connections. */
export interface Stores {
  open(storeId: string): Promise<Store>;
  close(): void;
}

interface Kept {
  /** Everything a client depends on. */
  readonly version: string;
  readonly store: Store & Disposable;
}

export function createStores({ db, sealer, server, owner }: StoreParts): Stores {
  const kept = new Map<string, Kept>();
  const openKept = (row: StoreRow): Store => {
    const version = JSON.stringify([row.settings, row.sealedConfig]);
    const known = kept.get(row.id);
    if (known?.version === version) return known.store;
    known?.store[Symbol.dispose]();
    const made = { version, store: openS3(sealer, row) };
    kept.set(row.id, made);
    return made.store;
  };
  return {
    async open(storeId) {
      const [row] = await db.select().from(stores).where(eq(stores.id, storeId));
      if (row === undefined) throw new Fault("not.found", "there is no such store");
      if (row.kind === "s3") return retrying(openKept(row));
      if (row.serverId === null || row.root === null) throw new Error(`store ${row.id} has no place`);
      const machine = await server(row.serverId);
      return retrying(
        directoryStore({ server: machine, root: row.root, owner, name: `${row.root} on ${machine.name}` }),
      );
    },
    close() {
      for (const { store } of kept.values()) store[Symbol.dispose]();
      kept.clear();
    },
  };
}

/** An S3 store as its row says it, saved or not. */
export function openS3(
  sealer: Sealer,
  row: Pick<StoreRow, "id" | "settings" | "sealedConfig">,
): Store & Disposable {
  const { settings, sealedConfig } = row;
  if (settings === null || sealedConfig === null) throw new Error(`store ${row.id} has no settings`);
  const { bucket, prefix, storageClass, lock, mayBePrivate, ca, ...target } = settings;
  return s3Store(
    {
      target: {
        ...target,
        ...(ca === undefined ? {} : { ca }),
        secretKey: new Secret(sealer.open(placeOf(row.id), sealedConfig)),
      },
      bucket,
      prefix,
      ...(storageClass === undefined ? {} : { storageClass }),
      ...(lock === undefined ? {} : { lock }),
    },
    mayBePrivate ? {} : { dial: guardedDial },
  );
}

/** The secret key as it rests in the store's row. */
export function sealSecretKey(sealer: Sealer, storeId: string, secretKey: string): string {
  return sealer.seal(placeOf(storeId), secretKey);
}

/** The secret key of an S3 store, opened. */
export function openSecretKey(
  sealer: Sealer,
  { id, sealedConfig }: Pick<StoreRow, "id" | "sealedConfig">,
): Secret {
  if (sealedConfig === null) throw new Error(`store ${id} has no secret key`);
  return new Secret(sealer.open(placeOf(id), sealedConfig));
}

function placeOf(storeId: string) {
  return { table: "stores", row: storeId, column: "sealed_config" };
}
