import type { Docker, Engine, Reach as EngineReach, Server, Store } from "@cofre/core";
import type { resources } from "../db/schema/resources.ts";
import type { servers } from "../db/schema/servers.ts";

export type ResourceRow = typeof resources.$inferSelect;
export type ServerRow = typeof servers.$inferSelect;

/** A resource as its engine works with it. */
export interface ReachedResource {
  readonly row: ResourceRow;
  readonly server: ServerRow;
  readonly engine: Engine;
  readonly reach: EngineReach<unknown>;
}

export interface ReachOptions {
  /** 32 hex characters: the job's id, or a new id for a single question. */
  readonly tag: string;
  readonly signal: AbortSignal;
}

/**
 * The way from rows to what they stand for: pooled connections to servers, resources with their opened secrets, stores. Nothing here
 * asks who may: callers pass ids that they found in their own scope.
 */
export interface Reach {
  /** The same object as long as the connection's row is the same: a store knows its place by it. Throws `server.*`. */
  server(serverId: string): Promise<Server>;
  /** Throws `server.no-docker`. */
  docker(serverId: string): Promise<Docker>;
  /** Finds the container by its id, else by identity after a redeploy. Throws `target.missing` when it is gone or stopped. */
  resource(resourceId: string, options: ReachOptions): Promise<ReachedResource>;
  store(storeId: string): Promise<Store>;
  /** Closes the pooled connection: the server's row has changed. */
  forget(serverId: string): Promise<void>;
  close(): Promise<void>;
}
