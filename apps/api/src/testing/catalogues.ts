import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { absentReason, type StartedPostgres, startPostgres } from "@cofre/lab";
import type { Catalogue } from "../db/catalogue.ts";
import { openInMemory } from "../db/embedded.ts";
import { openRemote } from "../db/remote.ts";
import { migratedTar } from "./migrated-database.ts";

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
  reading ??= migratedTar().then(async (path) => new Blob([await readFile(path)]));
  return await reading;
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
