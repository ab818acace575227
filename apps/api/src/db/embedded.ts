import { cp, mkdir, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { PGlite, type PGliteOptions } from "@electric-sql/pglite";
import { drizzle } from "drizzle-orm/pglite";
import { migrate } from "drizzle-orm/pglite/migrator";
import type { Catalogue } from "./catalogue.ts";
import type { Database } from "./database.ts";
import { lockFolder } from "./folder-lock.ts";
import { appliedMigrations, MIGRATIONS, ourMigrations } from "./migrations-folder.ts";
import { schema } from "./schema.ts";

/** How many copies from before migrations are kept beside the database. */
const KEPT_COPIES = 2;

/**
 * Opens (or makes) the embedded PostgreSQL in `folder/db` and brings it up to date. A database that is about to be migrated is
 * copied first.
 *
 * @throws Fault `state.conflict` when another process uses the folder.
 */
export async function openEmbedded(folder: string): Promise<Catalogue> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const lock = lockFolder(folder);
  try {
    const client = await openMigrated(folder);
    return catalogueOf(client, async () => {
      await client.close();
      lock.release();
    });
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** An embedded database in memory, made from a dump of a migrated one: for tests, that may open many catalogues of it in turn. */
export async function startInMemory(dump: Blob): Promise<PGlite> {
  return await createClient({ loadDataDir: dump });
}

export function catalogueOf(client: PGlite, close: () => Promise<void>): Catalogue {
  const db: Database = drizzle({ client, schema });
  return {
    kind: "embedded",
    db,
    sql: { query: (text, values) => rawQuery(client, text, values) },
    close,
  };
}

/** Without values there may be several statements, which only `exec` takes. */
async function rawQuery(
  client: PGlite,
  text: string,
  values: readonly unknown[] | undefined,
): Promise<{ rows: Record<string, unknown>[] }> {
  if (values !== undefined && values.length > 0) return await client.query(text, [...values]);
  const results = await client.exec(text);
  return { rows: results.flatMap((result) => result.rows as Record<string, unknown>[]) }; // checked: rows are objects
}

async function openMigrated(folder: string): Promise<PGlite> {
  const path = join(folder, "db");
  let client = await openClient(path);
  const applied = await appliedMigrations(client);
  if (applied > 0 && applied < (await ourMigrations())) {
    await client.close();
    await copyBeforeMigration(folder, applied);
    client = await openClient(path);
  }
  await migrate(drizzle({ client }), { migrationsFolder: MIGRATIONS });
  return client;
}

async function openClient(path: string): Promise<PGlite> {
  return await createClient({
    dataDir: path,
    // It starts with `-F`, which is fsync off: a power cut would then lose the catalogue.
    startParams: PGlite.defaultStartParams.filter((word) => word !== "-F"),
  });
}

async function createClient(options: PGliteOptions): Promise<PGlite> {
  // Liftoff's code is quick to make and small; the optimizing compiler would double memory and work of a start for nothing we can feel.
  // `--liftoff-only` says nothing so late: what it implies is drawn from it when V8 starts (flags.cc, EnforceFlagImplications).
  setFlagsFromString("--no-wasm-tier-up");
  setFlagsFromString("--no-wasm-dynamic-tiering");
  return await PGlite.create(options);
}

async function copyBeforeMigration(folder: string, applied: number): Promise<void> {
  const name = `db-before-migration-${applied + 1}`;
  const partial = join(folder, `${name}.partial`);
  await rm(partial, { recursive: true, force: true });
  await cp(join(folder, "db"), partial, { recursive: true, preserveTimestamps: true });
  await rm(join(folder, name), { recursive: true, force: true });
  await rename(partial, join(folder, name));
  const copies = (await readdir(folder)).filter((entry) => /^db-before-migration-\d+$/.test(entry));
  const oldestFirst = copies.sort((a, b) => Number(a.split("-").at(-1)) - Number(b.split("-").at(-1)));
  for (const old of oldestFirst.slice(0, -KEPT_COPIES)) {
    await rm(join(folder, old), { recursive: true, force: true });
  }
}
