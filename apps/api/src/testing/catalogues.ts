import { createHash, randomBytes } from "node:crypto";
import { readdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { absentReason, type StartedPostgres, startPostgres } from "@cofre/lab";
import { PGlite } from "@electric-sql/pglite";
import { drizzle } from "drizzle-orm/pglite";
import { migrate } from "drizzle-orm/pglite/migrator";
import type { Catalogue } from "../db/catalogue.ts";
import { openInMemory } from "../db/embedded.ts";
import { MIGRATIONS } from "../db/migrations-folder.ts";
import { openRemote } from "../db/remote.ts";

/** A kind of database that the whole suite runs on. */
export interface CatalogueKind {
  readonly name: string;
  /** Why it cannot run here; null when it can. */
  readonly absent: () => string | null;
  /** Makes what every catalogue of the kind needs once: a server, a template. */
  prepare(): Promise<void>;
  /** An empty catalogue of its own, migrated. */
  open(): Promise<Catalogue>;
}

export const embedded: CatalogueKind = {
  name: "the embedded database",
  absent: () => null,
  prepare: async () => {
    await template();
  },
  open: async () => openInMemory(await template()),
};

let reading: Promise<Blob> | undefined;

/** Read once for a process: it is forty megabytes. */
async function template(): Promise<Blob> {
  reading ??= readTemplate();
  return await reading;
}

/** A dump of a migrated database: a second instead of the many that making one takes. Shared by every test file of these migrations. */
async function readTemplate(): Promise<Blob> {
  const path = join(tmpdir(), `cofre-catalogue-${await digestOfMigrations()}.tar`);
  const isThere = await stat(path).then(
    () => true,
    () => false,
  );
  if (!isThere) await makeTemplate(path);
  return new Blob([await readFile(path)]);
}

async function makeTemplate(path: string): Promise<void> {
  const client = await PGlite.create();
  await migrate(drizzle({ client }), { migrationsFolder: MIGRATIONS });
  const dump = await client.dumpDataDir("none");
  await client.close();
  // Several files may make it at once: each its own, the last name wins, all are equal.
  const partial = `${path}.${randomBytes(4).toString("hex")}`;
  await writeFile(partial, new Uint8Array(await dump.arrayBuffer()));
  await rename(partial, path);
}

async function digestOfMigrations(): Promise<string> {
  const digest = createHash("sha256");
  for (const name of (await readdir(MIGRATIONS)).toSorted()) {
    if (name.endsWith(".sql")) digest.update(await readFile(join(MIGRATIONS, name)));
  }
  return digest.digest("hex").slice(0, 16);
}

const TEMPLATE = "cofre_template";

/** A real server, started once for a process and gone with it; every test has a database of its own. */
export function postgresServer(version: string): CatalogueKind {
  let starting: Promise<StartedPostgres> | undefined;
  const server = async () => {
    starting ??= startServer(version);
    return await starting;
  };
  return {
    name: `PostgreSQL ${version}`,
    absent: () => absentReason({ engine: "postgres", version }),
    prepare: async () => {
      await server();
    },
    open: async () => {
      const started = await server();
      const database = `cofre_${randomBytes(6).toString("hex")}`;
      await started.sql(`create database ${database} template ${TEMPLATE}`);
      const catalogue = await openRemote(urlOf(started, database));
      return {
        ...catalogue,
        close: async () => {
          await catalogue.close();
          await started.sql(`drop database ${database} with (force)`);
        },
      };
    },
  };
}

async function startServer(version: string): Promise<StartedPostgres> {
  const started = await startPostgres(version);
  await started.sql(`create database ${TEMPLATE}`);
  const catalogue = await openRemote(urlOf(started, TEMPLATE));
  await catalogue.close();
  return started;
}

function urlOf(started: StartedPostgres, database: string): string {
  const login = `${encodeURIComponent(started.user)}:${encodeURIComponent(started.password)}`;
  return `postgres://${login}@${started.host}:${started.port}/${database}`;
}
