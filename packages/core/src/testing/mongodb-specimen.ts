import { createHash, randomBytes } from "node:crypto";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { readLab, type StartedMongo, startMongo } from "@cofre/lab";
import { MongoClient } from "mongodb";
import type { ReachOptions, Specimen } from "../engine/conformance/specimen.ts";
import type { Reach, ReachedContainer } from "../engine/engine.ts";
import type { MongoTarget } from "../engine/mongodb-target.ts";
import { containerHost } from "../host/container.ts";
import type { Server } from "../host/host.ts";
import { createLocalServer } from "../host/local.ts";
import { Secret } from "../model/secret.ts";
import { changeDatabase, describeDatabase, fillDatabase, fillSmall } from "./mongodb-specimen-data.ts";

export const MONGODB_UNITS = ["shop", "we'ird-ção=&;(`id`)😀"] as const;
const GROWN_BYTES = 1 << 20;

export interface MongoSpecimen extends Specimen<MongoTarget> {
  readonly started: StartedMongo;
  readonly client: MongoClient;
  readonly server: Server;
}

/** A throwaway server of the MongoDB protocol, with the database tools inside its container. */
export async function startMongoSpecimen(): Promise<MongoSpecimen> {
  const started = await startMongo();
  const server = createLocalServer("lab");
  const [program = "docker", ...words] = readLab().docker;
  const container: ReachedContainer = {
    client: [program, ...words],
    container: started.id,
    image: started.id,
  };
  const client = new MongoClient(`mongodb://${started.ip}:27017`, {
    auth: { username: started.user, password: started.password },
    directConnection: true,
  });
  const journals = await mkdtemp(join(tmpdir(), "cofre-journals-"));
  const password = new Secret(started.password);
  const reach = (to: ReachOptions = {}, login = password): Reach<MongoTarget> => ({
    host: containerHost(server, container),
    server,
    target: { host: "127.0.0.1", port: 27_017, username: started.user, password: login, database: "admin" },
    container,
    tag: to.tag ?? randomBytes(16).toString("hex"),
    signal: to.signal ?? new AbortController().signal,
  });
  return {
    started,
    client,
    server,
    journals,
    reach,
    units: MONGODB_UNITS,
    secrets: [password],
    renamed: (unit) => `${unit}-other`,
    ...contentsOf(client),
    leftovers: (tag) => leftovers({ started, client }, tag),
    breakDump: async (tag) => void (await started.exec(["sh", "-c", KILL, "kill", tag])),
    reachAsStranger: () => reach({}, new Secret("not the password")),
    [Symbol.asyncDispose]: async () => {
      await client.close(true);
      await started[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
      await rm(journals, { recursive: true, force: true });
      await rm(join(homedir(), ".cofre/restored", started.id), { force: true });
    },
  };
}

async function namesOf(client: MongoClient): Promise<readonly string[]> {
  const { databases } = await client.db("admin").admin().listDatabases();
  return databases.map(({ name }) => name).filter((name) => !["admin", "config", "local"].includes(name));
}

function contentsOf(client: MongoClient) {
  return {
    empty: async () => {
      for (const name of await namesOf(client)) await client.db(name).dropDatabase();
    },
    fill: async () => {
      const [first, second] = MONGODB_UNITS;
      await fillDatabase(client.db(first));
      await fillSmall(client.db(second));
    },
    grow: async (bytes: number) => {
      // A database without a collection is not there.
      for (const unit of MONGODB_UNITS) await client.db(unit).collection("grown").insertOne({ bytes });
      const bulk = client.db(MONGODB_UNITS[0]).collection("bulk");
      for (let done = 0; done < bytes; done += GROWN_BYTES) {
        await bulk.insertOne({ bytes: randomBytes(GROWN_BYTES) });
      }
    },
    change: async () => {
      for (const unit of MONGODB_UNITS) await changeDatabase(client.db(unit));
    },
    fingerprint: async (units: readonly string[]) => {
      const all = await Promise.all(units.map((unit) => fingerprint(client, unit)));
      return all.join("\n");
    },
  };
}

/** Collections by name, their documents by digest: a difference shows where it is. */
async function fingerprint(client: MongoClient, unit: string): Promise<string> {
  const lines = (await describeDatabase(client, unit)).map(({ documents, ...collection }) => {
    const digests = documents.map((bytes) => createHash("sha256").update(bytes).digest("hex")).toSorted();
    const content = createHash("sha256").update(digests.join("\n")).digest("hex");
    return JSON.stringify({ ...collection, count: digests.length, content });
  });
  return lines.toSorted().join("\n");
}

const TAGGED = 'grep -ls "COFRE_JOB=$1" /proc/[0-9]*/environ';
const KILL = `for p in $(${TAGGED} | cut -d/ -f3); do
  case "$(tr '\\000' ' ' < /proc/$p/cmdline)" in mongodump*) kill -9 "$p" ;; esac
done`;

async function leftovers(
  { started, client }: Pick<MongoSpecimen, "started" | "client">,
  tag: string,
): Promise<readonly string[]> {
  const inside = await started.exec(["sh", "-c", `${TAGGED}; ls -d /tmp/cofre-words-"$1"`, "look", tag]);
  const names = await namesOf(client);
  const listed = await Promise.all(
    names.map(async (name) => {
      const collections = await client.db(name).listCollections().toArray();
      return collections.map((one) => one.name).filter((one) => one.includes(tag.slice(-12)));
    }),
  );
  return [...lines(inside.stdout.toString()), ...listed.flat(), ...(await notes(tag))];
}

async function notes(tag: string): Promise<readonly string[]> {
  const folder = join(homedir(), ".cofre/restored");
  const names = await readdir(folder).catch(() => []);
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), "utf8").catch(() => "")));
  return texts.some((text) => text.includes(tag)) ? ["a note of the restore"] : [];
}

function lines(text: string): readonly string[] {
  return text.split("\n").filter((line) => line !== "");
}
