import type { MongoClient } from "mongodb";
import { Fault } from "../model/fault.ts";
import type { Reach, RestoreRequest } from "./engine.ts";
import { listed } from "./mongodb-collections.ts";
import { type MongoServer, serverOf } from "./mongodb-inspect.ts";
import { markOf, refuseDatabaseName, refuseLongName, restoreNames } from "./mongodb-names.ts";
import { withMongo } from "./mongodb-session.ts";
import type { MongoTarget } from "./mongodb-target.ts";
import { judgedTools, toolVersion } from "./mongodb-tools.ts";

/** Refuses what cannot be restored here, and changes nothing; resolves with what is to be told of it. */
export async function checkMongoRestore(
  reach: Reach<MongoTarget>,
  request: RestoreRequest,
): Promise<readonly string[]> {
  refuseNames(reach, request);
  const version = await withMongo(reach, async (client) => {
    const server = await serverOf(client);
    refuseServer(reach, server);
    refuseNewer(reach, request.serverVersion, server.version);
    for (const { into } of request.units) await refuseTarget(client, into);
    return server.version;
  });
  const tool = await toolVersion(reach, "mongorestore");
  return judgedTools("mongorestore", { tool, server: version });
}

function refuseNames({ tag }: Reach<MongoTarget>, { units, facts }: RestoreRequest): void {
  const { loaded } = restoreNames(markOf(tag));
  const seen = new Set<string>();
  for (const { from, into } of units) {
    refuseDatabaseName(into);
    if (seen.has(into)) {
      throw new Fault("input.invalid", `two databases were to become ${into}`, {
        hint: "Give each a name of its own.",
      });
    }
    seen.add(into);
    for (const name of Object.keys(facts.find((unit) => unit.name === from)?.counts ?? {})) {
      if (name.startsWith("system.")) throw notRenamed(from, name, "the archive holds");
      refuseLongName(into, name, loaded);
    }
  }
}

function refuseServer({ host }: Reach<MongoTarget>, { isWritable, isRouter }: MongoServer): void {
  if (isRouter) {
    throw new Fault("target.unsuitable", `MongoDB on ${host.name} is a router of shards`, {
      hint: "Restore with mongorestore, as FORMAT.md shows: a sharded collection cannot be switched by a rename.",
    });
  }
  if (isWritable) return;
  throw new Fault("target.unsuitable", `MongoDB on ${host.name} is not the primary of its replica set`, {
    hint: "Restore into the primary; the others follow it.",
  });
}

/** Newer servers read older archives; the other way options, index kinds and types are unknown. */
function refuseNewer({ host }: Reach<MongoTarget>, archived: string | null, here: string): void {
  if (archived === null || compare(archived, here) <= 0) return;
  throw new Fault(
    "engine.version",
    `the backup is of MongoDB ${archived}, but the server on ${host.name} is MongoDB ${here}`,
    { hint: "Choose a server of the version that wrote it, or a newer one." },
  );
}

function compare(one: string, other: string): number {
  const [a, b] = [one, other].map((version) => version.split(".").map(Number));
  for (const index of [0, 1]) {
    const difference = (a?.[index] ?? 0) - (b?.[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

async function refuseTarget(client: MongoClient, database: string): Promise<void> {
  const series = (await listed(client.db(database))).find(({ isTimeseries }) => isTimeseries);
  if (series !== undefined) throw notRenamed(database, series.name, "the target holds");
}

function notRenamed(database: string, collection: string, who: string): Fault {
  return new Fault(
    "target.unsuitable",
    `${who} ${database}.${collection}, a kind of collection that MongoDB does not rename`,
    { hint: "Restore with mongorestore, as FORMAT.md shows, or into a database of another name." },
  );
}
