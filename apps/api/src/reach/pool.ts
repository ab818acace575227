import { connectSsh, createLocalServer, type Docker, engineById, findDocker, type Server } from "@cofre/core";
import { Fault } from "@cofre/core/model";
import type { Database } from "../db/database.ts";
import { eq } from "../db/orm.ts";
import { resources } from "../db/schema/resources.ts";
import { servers } from "../db/schema/servers.ts";
import type { Sealer } from "../seal/seal.ts";
import { findContainer, reachedContainer } from "./container.ts";
import type { Reach, ReachedResource, ReachOptions, ServerRow } from "./reach.ts";
import { openConfig, targetOf } from "./resource-config.ts";
import { openAuth, toSshAuth } from "./server-auth.ts";
import { createStores } from "./stores.ts";

export interface ReachParts {
  readonly db: Database;
  readonly sealer: Sealer;
  /** Id of this installation. */
  readonly owner: string;
}

/** A connection that is kept, and the row it was made from. */
interface Pooled {
  /** Everything a connection depends on. */
  readonly version: string;
  readonly server: Promise<Server>;
  docker: Promise<Docker | undefined> | undefined;
}

/** The way to everything, over one pool of connections for this process. */
export function createReach(parts: ReachParts): Reach {
  const pool = new Pool(parts);
  const server = async (serverId: string) => await (await pool.entry(serverId)).server;
  const stores = createStores({ ...parts, server });
  const reach: Reach = {
    server,
    docker: (serverId) => pool.docker(serverId),
    resource: async (resourceId, options) => await reachResource({ ...parts, reach }, resourceId, options),
    store: (storeId) => stores.open(storeId),
    forget: (serverId) => pool.drop(serverId),
    close: async () => {
      stores.close();
      await pool.close();
    },
  };
  return reach;
}

/** One connection per server, made when first needed, and made anew when its row says something else. */
class Pool {
  readonly #entries = new Map<string, Pooled>();
  readonly #parts: ReachParts;

  constructor(parts: ReachParts) {
    this.#parts = parts;
  }

  async entry(serverId: string): Promise<Pooled> {
    const row = await serverRow(this.#parts.db, serverId);
    const version = versionOf(row);
    const known = this.#entries.get(serverId);
    if (known?.version === version) return known;
    if (known !== undefined) await this.drop(serverId);
    const made: Pooled = { version, server: openServer(this.#parts.sealer, row), docker: undefined };
    this.#entries.set(serverId, made);
    made.server.catch(() => {
      // The next caller tries again: whatever was wrong may be over.
      if (this.#entries.get(serverId) === made) this.#entries.delete(serverId);
    });
    return made;
  }

  async docker(serverId: string): Promise<Docker> {
    const entry = await this.entry(serverId);
    const server = await entry.server;
    entry.docker ??= findDocker(server);
    try {
      const found = await entry.docker;
      if (found !== undefined) return found;
    } catch (error) {
      entry.docker = undefined;
      throw error;
    }
    entry.docker = undefined; // it may be installed, or the user let in, at any time
    throw noDocker(server.name);
  }

  async drop(serverId: string): Promise<void> {
    const known = this.#entries.get(serverId);
    this.#entries.delete(serverId);
    const server = await known?.server.catch(() => undefined);
    await server?.[Symbol.asyncDispose]();
  }

  async close(): Promise<void> {
    await Promise.all([...this.#entries.keys()].map((serverId) => this.drop(serverId)));
  }
}

function noDocker(name: string): Fault {
  return new Fault("server.no-docker", `there is no container engine on ${name} that this user may use`, {
    hint: "Add the user to the docker group, let it run `sudo -n docker`, or connect as another user.",
  });
}

async function serverRow(db: Database, id: string): Promise<ServerRow> {
  const [row] = await db.select().from(servers).where(eq(servers.id, id));
  if (row === undefined) throw new Fault("not.found", "there is no such server");
  if (row.status !== "removed") return row;
  throw new Fault(
    "server.unreachable",
    `the server ${row.name} was removed, and Cofre may not connect to it`,
    {
      hint: "Add the server again: its resources and backups come back with it.",
    },
  );
}

function versionOf(row: ServerRow): string {
  const { name, kind, host, port, user, hostKeyAlgorithm, hostKeyFingerprint, sealedAuth } = row;
  return JSON.stringify([name, kind, host, port, user, hostKeyAlgorithm, hostKeyFingerprint, sealedAuth]);
}

/**
 * Connects to what a row describes, saved or not.
 *
 * @throws Fault `server.*`
 */
export async function openServer(sealer: Sealer, row: ServerRow): Promise<Server> {
  if (row.kind === "local") return createLocalServer(row.name);
  const { host, port, user, hostKeyAlgorithm, hostKeyFingerprint } = row;
  if (host === null || port === null || user === null) throw new Error(`server ${row.id} has no address`);
  if (hostKeyAlgorithm === null || hostKeyFingerprint === null) {
    throw new Fault("server.host-key", `the host key of ${row.name} was never confirmed`, {
      hint: "Read the server's key, compare it, and confirm it.",
    });
  }
  return await connectSsh({
    name: row.name,
    host,
    port,
    user,
    auth: toSshAuth(openAuth(sealer, row.id, row.sealedAuth)),
    hostKey: { type: hostKeyAlgorithm, sha256: hostKeyFingerprint },
  });
}

async function reachResource(
  { db, sealer, reach }: ReachParts & { readonly reach: Reach },
  resourceId: string,
  { tag, signal }: ReachOptions,
): Promise<ReachedResource> {
  const [row] = await db.select().from(resources).where(eq(resources.id, resourceId));
  if (row === undefined) throw new Fault("not.found", "there is no such resource");
  const engine = engineById(row.engine);
  const target = targetOf(engine, openConfig(sealer, row));
  const [serverOf, server] = await Promise.all([serverRow(db, row.serverId), reach.server(row.serverId)]);
  if (row.identity === null) {
    return { row, server: serverOf, engine, reach: { host: server, server, target, tag, signal } };
  }
  const docker = await reach.docker(row.serverId);
  const facts = await findContainer(docker, row, signal);
  const container = reachedContainer(docker, facts);
  const host = docker.host(facts.id);
  return { row, server: serverOf, engine, reach: { host, server, target, container, tag, signal } };
}
