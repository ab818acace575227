import type { MongoClient } from "mongodb";
import { z } from "zod";
import type { Inspection, Unit } from "../model/engine.ts";
import type { Reach } from "./engine.ts";
import { isSystemDatabase } from "./mongodb-facts.ts";
import { administer, withMongo } from "./mongodb-session.ts";
import type { MongoTarget } from "./mongodb-target.ts";

const BuildInfo = z.object({
  version: z.string(),
  ferretdb: z.object({ version: z.string() }).optional(),
});
const Hello = z.object({
  isWritablePrimary: z.boolean().optional(),
  ismaster: z.boolean().optional(),
  setName: z.string().optional(),
  /** `isdbgrid` of a router of shards. */
  msg: z.string().optional(),
});

/** What a server says about itself. */
export interface MongoServer {
  /** As it answers clients; FerretDB names the MongoDB that it is compatible with. */
  readonly version: string;
  readonly ferretdb: string | null;
  readonly isWritable: boolean;
  readonly isRouter: boolean;
  readonly replicaSet: string | null;
}

export async function serverOf(client: MongoClient): Promise<MongoServer> {
  const build = BuildInfo.parse(await administer(client, { buildInfo: 1 }));
  const hello = Hello.parse(await administer(client, { isMaster: 1 }));
  return {
    version: build.version,
    ferretdb: build.ferretdb?.version ?? null,
    isWritable: hello.isWritablePrimary ?? hello.ismaster ?? false,
    isRouter: hello.msg === "isdbgrid",
    replicaSet: hello.setName ?? null,
  };
}

const Listing = z.object({
  databases: z.array(z.object({ name: z.string(), sizeOnDisk: z.coerce.number().optional() })),
});

export async function unitsOf(client: MongoClient): Promise<readonly Unit[]> {
  const { databases } = Listing.parse(await administer(client, { listDatabases: 1 }));
  return databases
    .filter(({ name }) => !isSystemDatabase(name))
    .map(({ name, sizeOnDisk }) => ({ name, sourceBytes: sizeOnDisk ?? null }));
}

export function inspectMongo(reach: Reach<MongoTarget>): Promise<Inspection> {
  return withMongo(reach, async (client) => ({
    version: (await serverOf(client)).version,
    units: await unitsOf(client),
  }));
}
