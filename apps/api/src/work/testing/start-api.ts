import { randomBytes } from "node:crypto";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import type { Hono } from "hono";
import { createApp } from "../../app.ts";
import { newApiKey } from "../../auth/api-key.ts";
import { buildDeps } from "../../build-deps.ts";
import { readConfig } from "../../config.ts";
import type { Catalogue } from "../../db/catalogue.ts";
import { openCatalogue } from "../../db/open.ts";
import type { Deps } from "../../deps.ts";
import { setUpFromEnvironment } from "../../feature/setup/from-environment.ts";
import { createLog } from "../../log.ts";
import { placeMigratedDatabase } from "../../testing/migrated-database.ts";
import type { WebEnv } from "../../web/request.ts";
import { openQueue, startWork } from "../start.ts";

export interface ApiOptions {
  /** A PostgreSQL; the embedded one when not given. */
  readonly databaseUrl?: string;
  /** A folder that is kept; a throwaway one when not given. */
  readonly dataDir?: string;
  readonly now?: () => Date;
  /** False takes requests and leaves the jobs queued. */
  readonly works?: boolean;
  readonly masterKey?: string;
  readonly apiKey?: string;
  readonly adminPassword?: string;
  /** An open one, for instance in memory; closed with the application. */
  readonly catalogue?: Catalogue;
  /** True looks at servers by itself, which on a busy machine never ends. */
  readonly watches?: boolean;
}

/** The whole application of one test, with its worker, in this process. */
export interface StartedApi extends AsyncDisposable {
  readonly app: Hono<WebEnv>;
  readonly deps: Deps;
  readonly apiKey: string;
  readonly masterKey: string;
  readonly dataDir: string;
  /** Everything that was logged. */
  readonly logged: () => string;
  /** Stops it as a signal would, and keeps its folder. */
  close(): Promise<void>;
}

export async function startApi(options: ApiOptions = {}): Promise<StartedApi> {
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), "cofre-api-")));
  const isEmbedded = options.catalogue === undefined && options.databaseUrl === undefined;
  if (isEmbedded && (await readdir(dataDir)).length === 0) await placeMigratedDatabase(dataDir);
  const apiKey = options.apiKey ?? newApiKey();
  const masterKey = options.masterKey ?? randomBytes(32).toString("hex");
  const config = readConfig({
    COFRE_DATA_DIR: dataDir,
    COFRE_API_KEY: apiKey,
    COFRE_MASTER_KEY: masterKey,
    COFRE_ADMIN_EMAIL: "owner@example.org",
    COFRE_ADMIN_PASSWORD: options.adminPassword ?? "a password of the lab",
    ...(options.databaseUrl === undefined ? {} : { DATABASE_URL: options.databaseUrl }),
  });
  const { log, logged } = memoryLog();
  const deps = await openDeps(config, options.catalogue ?? (await openCatalogue(config)), {
    log,
    now: options.now ?? (() => new Date()),
    masterKey,
  });
  const working =
    options.works === false
      ? undefined
      : await startWork(deps.deps, deps.opened, { watches: options.watches === true });
  let closed = false;
  const close = async () => {
    if (closed) return;
    closed = true;
    await working?.close();
    if (working === undefined) await deps.opened.waker.close();
    deps.deps.jobChanges.stop();
    await deps.deps.reach.close();
    await deps.deps.catalogue.close();
  };
  return {
    app: createApp(deps.deps),
    deps: deps.deps,
    apiKey,
    masterKey,
    dataDir,
    logged,
    close,
    [Symbol.asyncDispose]: async () => {
      await close();
      if (options.dataDir === undefined) await rm(dataDir, { recursive: true, force: true });
    },
  };
}

interface Parts {
  readonly log: Deps["log"];
  readonly now: () => Date;
  readonly masterKey: string;
}

async function openDeps(config: Deps["config"], catalogue: Catalogue, { log, now, masterKey }: Parts) {
  const opened = await openQueue({ catalogue, db: catalogue.db, log, now });
  const deps = await buildDeps({
    config,
    catalogue,
    masterKey: Buffer.from(masterKey, "hex"),
    queue: opened.queue,
    log,
    now,
    isWorking: async () => true,
    panelFolder: undefined,
    limitScale: 100,
  });
  await setUpFromEnvironment(deps);
  return { deps, opened };
}

function memoryLog() {
  const lines: string[] = [];
  const sink = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  return { log: createLog("debug", sink), logged: () => lines.join("") };
}
