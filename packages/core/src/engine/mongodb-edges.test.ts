import { spawnSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { absentReason, readLab } from "@cofre/lab";
import { type Db, MongoClient, ObjectId } from "mongodb";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { type MongoSpecimen, startMongoSpecimen } from "../testing/mongodb-specimen.ts";
import {
  type Archive,
  load,
  openArchive,
  putArchive,
  removeArchive,
  restorationOf,
} from "./conformance/carry.ts";
import { takeArchive } from "./conformance/take-archive.ts";
import { mongodb } from "./mongodb.ts";
import { factsSaid } from "./mongodb-facts.ts";
import { restoreNames } from "./mongodb-names.ts";
import { dropOld, lookAround, switchBack, switchIn } from "./mongodb-switch.ts";
import { judgedTools } from "./mongodb-tools.ts";

const reason = absentReason({ engine: "mongodb", version: "ferretdb-2.7" });

describe("what mongodump says", () => {
  test("is counted by database and collection, whatever the names", () => {
    const said = [
      "2026-11-22T21:15:11.171+0000\tdone dumping shop.a.b (c) (1 document)",
      "2026-11-22T21:15:11.171+0000\tdone dumping shop.two\nlines (12 documents)",
      "2026-11-22T21:15:11.171+0000\tdone dumping admin.system.users (3 documents)",
    ].join("\n");
    const counts = { "a.b (c)": 1, "two\nlines": 12 };
    expect(factsSaid(["shop", "empty"], said)).toEqual([
      { name: "shop", counts },
      { name: "empty", counts: {} },
    ]);
  });
});

describe("tools of another version than their server", () => {
  test.each([
    ["100.10.0", "8.0.4", []],
    ["100.9.5", "8.2.1", [expect.stringContaining("100.10.0")]],
    ["100.0.2", "4.4.29", []],
    ["4.0.28", "4.0.28", []],
    ["built-without-version-string", "7.0.77", []],
  ])("%s with MongoDB %s", (tool, server, warnings) => {
    expect(judgedTools("mongodump", { tool, server })).toEqual(warnings);
  });

  test.each(["100.3.1", "r4.2.0"])("%s is refused by MongoDB 7, naming both", (tool) => {
    const judge = () => judgedTools("mongorestore", { tool, server: "7.0.1" });
    expect(judge).toThrow(`mongorestore ${tool} does not know all that MongoDB 7.0.1 keeps`);
  });
});

describe.skipIf(reason !== null)(reason ?? "FerretDB in the lab", () => {
  let specimen: MongoSpecimen;
  beforeAll(async () => {
    specimen = await startMongoSpecimen();
  }, 120_000);
  afterAll(async () => {
    await specimen[Symbol.asyncDispose]();
  }, 60_000);
  beforeEach(() => specimen.empty());

  const carrier = () => ({ reach: specimen.reach(), journals: specimen.journals });
  async function take(units: readonly string[]): Promise<Archive> {
    const archive = await takeArchive(mongodb, carrier(), { units });
    onTestFinished(() => removeArchive(archive));
    return archive;
  }
  async function login(username: string, password: string): Promise<void> {
    const options = { auth: { username, password }, directConnection: true };
    await using client = new MongoClient(`mongodb://${specimen.started.ip}:27017`, options);
    await client.db("admin").command({ usersInfo: 1 });
  }
  async function fillThree(): Promise<void> {
    for (const name of ["one", "two", "three"]) {
      await specimen.client.db(name).collection("a.b").insertMany([{ name }, { name }]);
      await specimen.client.db(name).collection("empty").createIndex({ name: 1 });
    }
  }

  test.each([[["two"]], [["one", "three"]], [["one", "two", "three"]]])(
    "the databases %j make one archive of themselves, restored without touching the others",
    async (units) => {
      await fillThree();
      const archive = await take(units);
      expect(archive.facts).toEqual(units.map((name) => ({ name, counts: { "a.b": 2, empty: 0 } })));
      const before = await specimen.fingerprint(units);
      for (const name of ["one", "two", "three"]) {
        await specimen.client.db(name).collection("a.b").deleteMany({});
      }
      await putArchive(mongodb, carrier(), { archive });
      expect(await specimen.fingerprint(units)).toBe(before);
      const others = ["one", "two", "three"].filter((name) => !units.includes(name));
      for (const name of others) {
        expect(await specimen.client.db(name).collection("a.b").countDocuments({})).toBe(0);
      }
    },
    60_000,
  );

  test("of an archive of several, one database comes back alone", async () => {
    await fillThree();
    const archive = await take(["one", "two", "three"]);
    const before = await specimen.fingerprint(["two"]);
    await specimen.empty();
    await putArchive(mongodb, carrier(), {
      archive: { ...archive, units: ["two"], facts: archive.facts.slice(1, 2) },
    });
    expect(await specimen.fingerprint(["two"])).toBe(before);
    expect((await mongodb.inspect(specimen.reach())).units.map(({ name }) => name)).toEqual(["two"]);
  }, 60_000);

  test("by host and port it is reached without a container", async () => {
    await fillThree();
    const { container, ...inside } = specimen.reach();
    const reach = { ...inside, target: { ...inside.target, host: specimen.started.ip } };
    expect(container).toBeDefined();
    const journals = specimen.journals;
    const archive = await takeArchive(mongodb, { reach, journals }, { units: ["one"] });
    onTestFinished(() => removeArchive(archive));
    const before = await specimen.fingerprint(["one"]);
    await specimen.client.db("one").collection("a.b").drop();
    await putArchive(mongodb, { reach, journals }, { archive });
    expect(await specimen.fingerprint(["one"])).toBe(before);
    const closed = { ...reach, target: { ...reach.target, port: 1 } };
    await expect(mongodb.inspect(closed)).rejects.toMatchObject({ code: "target.unreachable" });
  }, 60_000);

  test("users ride beside the archive, without what would let anybody log in", async () => {
    await fillThree();
    const reader = {
      createUser: "reader",
      pwd: "a password of theirs",
      roles: ["readAnyDatabase", "clusterMonitor"],
    };
    await specimen.client.db("admin").command(reader);
    onTestFinished(async () => void (await specimen.client.db("admin").command({ dropUser: "reader" })));
    const [rider] = (await take(["one"])).riders;
    expect(rider?.name).toBe("users.json");
    expect(rider?.text).toContain('"reader"');
    expect(rider?.text).not.toMatch(/SCRAM|storedKey|credentials|password/i);
  }, 60_000);

  test("missing users of a restored database come back, locked, and with no more rights than they had", async () => {
    await fillThree();
    const admin = specimen.client.db("admin");
    onTestFinished(async () => {
      for (const dropUser of ["lost", "stays"]) await admin.command({ dropUser }).catch(() => undefined);
    });
    for (const createUser of ["lost", "stays"]) {
      await admin.command({ createUser, pwd: "theirs", roles: ["readWriteAnyDatabase", "clusterAdmin"] });
    }
    const archive = await take(["one"]);
    await admin.command({ dropUser: "lost" });
    const [rider] = archive.riders;
    const modest = { user: "modest", db: "one", roles: [{ role: "read", db: "one" }] };
    const stranger = { user: "stranger", db: "two", roles: [{ role: "read", db: "two" }] };
    const { users } = z.object({ users: z.array(z.unknown()) }).parse(JSON.parse(rider?.text ?? ""));
    const text = JSON.stringify({ users: [...users, modest, stranger], roles: [] });
    const restoration = restorationOf(mongodb, specimen.reach(), {
      ...archive,
      riders: [{ name: "users.json", text }],
    });
    await restoration.prepare();
    await restoration.loaded(await load(carrier(), restoration, openArchive(archive)));
    await restoration.commit();
    const told = restoration.warnings?.().join("\n") ?? "";
    expect(told).toMatch(
      /the user lost of admin was missing and was made with its roles .* a password that nobody knows/,
    );
    // FerretDB makes every user an administrator: who was none is not made there.
    expect(told).toMatch(
      /the user modest of one was missing and (is not made: this server would give|was made)/,
    );
    expect(told).not.toMatch(/stranger|stays/);
    const names = (await admin.command({ usersInfo: { forAllDBs: true } })).users.map(
      (one: { user: string }) => one.user,
    );
    expect(names).toEqual(expect.arrayContaining(["lost", "stays"]));
    expect(names).not.toContain("modest");
    await expect(login("lost", "theirs")).rejects.toThrow();
    await login("stays", "theirs");
  }, 60_000);

  test("FORMAT.md restores without Cofre", async () => {
    await fillThree();
    const archive = await take(["one", "two", "three"]);
    const before = await specimen.fingerprint(["two"]);
    await specimen.client.db("two").collection("a.b").deleteMany({});
    const format = await readFile(new URL("../../FORMAT.md", import.meta.url), "utf8");
    const block = /^```sh mongodb\n([\s\S]*?)^```$/m.exec(format)?.[1] ?? "exit 1";
    const script = `docker() { command ${readLab().docker.join(" ")} "$@"; }\n${block}`;
    const { id: CONTAINER, user: DBUSER, password: DBPASSWORD } = specimen.started;
    const words = { ARCHIVE: archive.path, CONTAINER, DBUSER, DBPASSWORD, DATABASE: "two" };
    const ran = spawnSync("sh", ["-c", script], {
      env: { PATH: process.env.PATH, ...words },
      encoding: "utf8",
    });
    expect(ran).toMatchObject({ status: 0 });
    expect(await specimen.fingerprint(["two"])).toBe(before);
  }, 60_000);

  test("a worker that dies at any moment of the switch leaves what can be put back, or finished", async () => {
    const mark = "f".repeat(12);
    const databases = ["one", "two"];
    const over = (client: MongoClient) => ({ client, mark, databases });
    const stage = async (): Promise<string> => {
      for (const name of databases) await stageBeside(specimen.client.db(name), mark);
      return specimen.fingerprint(databases);
    };
    const untouched = await original(specimen, databases);
    await stage();
    await switchIn(over(specimen.client), async () => undefined);
    await dropOld(over(specimen.client));
    const finished = await specimen.fingerprint(databases);
    expect(finished).not.toBe(untouched);
    const outcomes = new Set<string>();
    for (let moment = 3; !outcomes.has("was over"); moment += 9) {
      await original(specimen, databases);
      await stage();
      const died = await dies(specimen, moment, (client) => switchIn(over(client), async () => undefined));
      const outcome = died ? await takeUp(over(specimen.client), moment % 2 === 0) : "was over";
      outcomes.add(outcome);
      await dropOld(over(specimen.client));
      const expected = outcome.startsWith("went back") ? untouched : finished;
      expect(await specimen.fingerprint(databases), `after ${moment} commands`).toBe(expected);
    }
    expect(outcomes).toContain("went back with a journal");
    expect(outcomes).toContain("went back with no journal");
    expect(outcomes).toContain("went on with a journal");
  }, 120_000);
});

/** What the next worker does with what it finds. */
async function takeUp(to: Parameters<typeof switchIn>[0], goesOn: boolean): Promise<string> {
  const { hasLoaded, journal } = await lookAround(to);
  if (!hasLoaded && journal === undefined) return "was switched";
  const found = `with ${journal === undefined ? "no" : "a"} journal`;
  if (!goesOn) {
    await switchBack(to);
    return `went back ${found}`;
  }
  await switchIn(to, async () => undefined);
  return `went on ${found}`;
}

/** What is there before a restore: a plain name, one that no rename takes, and one that the backup does not know. */
async function original(
  { client, empty, fingerprint }: MongoSpecimen,
  databases: readonly string[],
): Promise<string> {
  await empty();
  for (const name of databases) {
    const db = client.db(name);
    for (const collection of ["plain", "with.dot"])
      await db.collection(collection).insertOne({ _id: ID, old: true });
    await db.collection("with.dot").createIndex({ old: 1 });
    await db.collection("since").insertOne({ _id: ID, name });
  }
  return fingerprint(databases);
}

const ID = new ObjectId("0123456789abcdef01234567");

async function stageBeside(db: Db, mark: string): Promise<void> {
  const { loaded } = restoreNames(mark);
  for (const collection of ["plain", "with.dot", "only.in.backup"]) {
    await db.collection(loaded + collection).insertOne({ _id: ID, fresh: collection });
  }
}

/** Runs this with a client that is gone after so many commands, as the worker is after kill -9; false when it was over before. */
async function dies(
  { started }: MongoSpecimen,
  moment: number,
  work: (client: MongoClient) => Promise<void>,
): Promise<boolean> {
  const auth = { username: started.user, password: started.password };
  const options = { auth, directConnection: true, monitorCommands: true, retryReads: false } as const;
  const client = new MongoClient(`mongodb://${started.ip}:27017`, options);
  await client.db("admin").command({ ping: 1 });
  let commands = 0;
  let gone: Promise<void> | undefined;
  client.on("commandStarted", () => {
    commands += 1;
    if (commands > moment) gone ??= client.close(true);
  });
  try {
    await work(client);
    return gone !== undefined;
  } catch {
    return true;
  } finally {
    await gone;
    await client.close(true);
    // The last command may still be at work.
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
