import { randomBytes } from "node:crypto";
import { tmpdir } from "node:os";
import { Writable } from "node:stream";
import type { Hono } from "hono";
import { pino } from "pino";
import { afterAll, beforeAll, describe } from "vitest";
import { createApp } from "../app.ts";
import { hashApiKey, newApiKey, startOfApiKey } from "../auth/api-key.ts";
import { buildDeps } from "../build-deps.ts";
import { type Config, readConfig } from "../config.ts";
import type { Catalogue } from "../db/catalogue.ts";
import { newId } from "../db/columns.ts";
import { apiKeys } from "../db/schema/api-keys.ts";
import type { Role } from "../db/schema/memberships.ts";
import { organizations } from "../db/schema/organizations.ts";
import type { Deps } from "../deps.ts";
import { writtenError } from "../log.ts";
import type { WebEnv } from "../web/request.ts";
import { createQueue } from "../work/queue.ts";
import { type CatalogueKind, embedded, postgresServer } from "./catalogues.ts";

/** The API of one test: the real application on a real database, without a worker. Jobs stay queued. */
export interface ControlPlane extends AsyncDisposable {
  readonly app: Hono<WebEnv>;
  readonly deps: Deps;
  readonly catalogue: Catalogue;
  /** A key of the installation's own organization. */
  key(role: Role, options?: KeyOptions): Promise<string>;
  /** Another organization. */
  tenant(name: string): Promise<string>;
  /** Everything that was logged. */
  readonly logged: () => string;
}

export interface KeyOptions {
  readonly organizationId?: string;
  readonly projectId?: string;
}

export interface PlaneOptions {
  readonly environment?: Readonly<Record<string, string>>;
  readonly now?: () => Date;
  readonly limitScale?: number;
}

const NOT_ABOUT_LIMITS = 1_000;

export async function startControlPlane(
  catalogue: Catalogue,
  { environment = {}, now = () => new Date(), limitScale = NOT_ABOUT_LIMITS }: PlaneOptions = {},
): Promise<ControlPlane> {
  const config: Config = readConfig({ COFRE_DATA_DIR: tmpdir(), ...environment });
  const { log, logged } = memoryLog();
  // No library behind it: nobody is to be woken.
  const waker = {
    wakeInside: async () => undefined,
    onWake: async () => undefined,
    close: async () => undefined,
  };
  const deps = await buildDeps({
    config,
    catalogue,
    masterKey: randomBytes(32),
    queue: createQueue({ db: catalogue.db, waker, now, nudge: () => undefined }),
    log,
    now,
    isWorking: async () => true,
    panelFolder: undefined,
    limitScale,
  });
  return {
    app: createApp(deps),
    deps,
    catalogue,
    logged,
    key: (role, options) => insertKey(deps, role, options),
    tenant: (name) => insertTenant(deps, name),
    [Symbol.asyncDispose]: async () => {
      deps.jobChanges.stop();
      await deps.reach.close();
      await catalogue.close();
    },
  };
}

async function insertKey(deps: Deps, role: Role, options: KeyOptions = {}): Promise<string> {
  const key = newApiKey();
  await deps.db.insert(apiKeys).values({
    organizationId: options.organizationId ?? deps.installation.organizationId,
    projectId: options.projectId ?? null,
    name: `${role} of a test`,
    role,
    hash: hashApiKey(key),
    start: startOfApiKey(key),
  });
  return key;
}

async function insertTenant({ db }: Deps, name: string): Promise<string> {
  const id = newId();
  await db.insert(organizations).values({ id, name });
  return id;
}

function memoryLog() {
  const lines: string[] = [];
  const sink = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  const log = pino({ level: "debug", serializers: { err: writtenError } }, sink);
  return { log, logged: () => lines.join("") };
}

/** Starts a control plane of a test's own. */
export type StartPlane = (options?: PlaneOptions) => Promise<ControlPlane>;

/** A plane for each test that needs one of its own, and one for those that only need a tenant of their own. */
export interface Planes {
  readonly start: StartPlane;
  /** The describe block's common one; it is closed at its end. */
  readonly shared: () => Promise<ControlPlane>;
}

/** One server for all the claims of a worker's test files; it goes with the process. */
const KINDS = [embedded, postgresServer("18")];

/** The same claims on every kind of database: both are promised. */
export function describeOnEveryDatabase(title: string, claims: (planes: Planes) => void): void {
  for (const kind of KINDS) describeOn(kind, title, claims);
}

function describeOn(kind: CatalogueKind, title: string, claims: (planes: Planes) => void): void {
  const absent = kind.absent();
  describe.skipIf(absent !== null)(`${title}, on ${kind.name}${absent === null ? "" : `: ${absent}`}`, () => {
    let common: Promise<ControlPlane> | undefined;
    const start: StartPlane = async (options) => startControlPlane(await kind.open(), options);
    const shared = () => {
      common ??= start();
      return common;
    };
    // Not within a test's own time.
    beforeAll(() => kind.prepare());
    claims({ start, shared });
    afterAll(async () => {
      const plane = await common;
      await plane?.[Symbol.asyncDispose]();
    });
  });
}
