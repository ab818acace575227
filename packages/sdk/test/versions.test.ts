import { randomBytes } from "node:crypto";
import { absentReason, sshServer, startPostgres, startRedis } from "@cofre/lab";
import { afterAll, beforeAll, describe, test } from "vitest";
import type { Cofre } from "../src/index.ts";
import { type StartedCofre, startCofre } from "./start-cofre.ts";

/** A database of one version, with something in it. */
interface Started extends AsyncDisposable {
  readonly name: string;
  /** Every row or key, as text. */
  contents(): Promise<string>;
  /** Changes something, takes something away, adds something. */
  change(): Promise<unknown>;
}

async function postgres(version: string): Promise<Started> {
  const database = await startPostgres(version);
  const { name, sql } = database;
  await sql("create table orders as select n id, 'cliente ' || n customer from generate_series(1, 2000) n");
  return {
    name,
    contents: () => {
      const rows = "select count(*), md5(string_agg(o::text, ',' order by id)) from orders o";
      return sql(`${rows}; select relname from pg_class where relkind = 'r' and relname !~ '^(pg|sql)_'`);
    },
    change: () =>
      sql(`delete from orders where id % 3 = 0; update orders set customer = 'x' where id % 5 = 0;
        create table later (id int)`),
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  };
}

/** Each key with its value, whatever the order. */
const KEYS = `local said = {}
for _, key in ipairs(redis.call('KEYS', '*')) do said[#said + 1] = key .. '=' .. redis.call('GET', key) end
table.sort(said)
return #said .. ' ' .. redis.sha1hex(table.concat(said, ','))`;

async function redis(version: string): Promise<Started> {
  const database = await startRedis(version, { appendonly: true, password: "p w'd" });
  const { name, cli } = database;
  await cli(["EVAL", "for n = 1, 2000 do redis.call('SET', 'order:' .. n, 'cliente ' .. n) end", "0"]);
  return {
    name,
    contents: () => cli(["EVAL", KEYS, "0"]),
    change: () => cli([], "DEL order:1 order:2\nSET order:3 x\nSET later y\n"),
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  };
}

const VERSIONS = [
  ...["13", "15", "17", "18"].map((version) => ({ engine: "postgres" as const, version, start: postgres })),
  ...["6", "7", "8"].map((version) => ({ engine: "redis" as const, version, start: redis })),
].map((one) => ({ ...one, absent: absentReason(one) }));
const present = VERSIONS.filter(({ absent }) => absent === null);
const absent = absentReason({ ssh: "docker" });

/** A project, and the server as somebody who may only call docker by sudo. Nobody looks at what else runs there. */
async function placeOn(cofre: Cofre, backupRoot: string) {
  const { host, port, key } = sshServer("docker");
  const { id: projectId } = await cofre.projects.create.mutate({ name: "versions" });
  const hostKey = await cofre.servers.hostKey.mutate({ host, port });
  const auth = { privateKey: key("ed25519").privateKey };
  const server = { name: "web-1", host, port, user: "deploy", auth, hostKey, backupRoot, test: false };
  return { projectId, serverId: (await cofre.servers.add.mutate(server)).id };
}

describe.skipIf(absent)("over SSH, each version in the lab", { timeout: 300_000 }, () => {
  const root = `/opt/backups/versions-${randomBytes(6).toString("hex")}`;
  let api: StartedCofre;
  let databases: ReadonlyMap<unknown, Started>;
  let place: { readonly projectId: string; readonly serverId: string };

  beforeAll(async () => {
    const start = async (one: (typeof present)[number]) => [one, await one.start(one.version)] as const;
    const [cofre, ...started] = await Promise.all([startCofre(), ...present.map(start)]);
    api = cofre;
    databases = new Map(started);
    place = await placeOn(api.cofre, root);
  }, 300_000);
  afterAll(async () => {
    await Promise.all([...(databases?.values() ?? [])].map((one) => one[Symbol.asyncDispose]()));
    await sshServer("docker").exec(["rm", "-rf", root]);
    await api?.[Symbol.asyncDispose]();
  }, 120_000);

  /** The SDK takes the backup, the REST route restores it. */
  async function restore(resourceId: string, backupId: string): Promise<string> {
    const answer = await fetch(`${api.url}/api/resources/${resourceId}/backups/${backupId}/restore`, {
      method: "POST",
      headers: { authorization: `Bearer ${api.apiKey}`, "content-type": "application/json" },
      body: JSON.stringify({ safetyBackup: false }),
    });
    if (!answer.ok) throw new Error(await answer.text());
    const { job } = await answer.json();
    return job.id;
  }

  test.concurrent.for(VERSIONS)("$engine $version goes out and comes back", async (one, { skip, expect }) => {
    if (one.absent !== null) return skip(one.absent);
    const { cofre } = api;
    const database = databases.get(one);
    if (database === undefined) throw new Error("nothing was started");
    const found = { name: database.name, type: one.engine, containerId: database.name };
    const { id: resourceId } = await cofre.resources.add.mutate({ ...place, ...found });
    const before = await database.contents();
    const units = one.engine === "postgres" ? { units: ["shop"] } : {};
    const taken = await cofre.backups.create.mutate({ resourceId, ...units });
    await cofre.wait(taken.job.id);
    const [backup] = (await cofre.backups.list.query({ resourceId })).items;
    expect(backup?.engineVersion).toMatch(new RegExp(`^${one.version}\\.`));
    expect(backup?.filepath).toMatch(new RegExp(`^${root}/`));
    await database.change();
    expect(await database.contents()).not.toBe(before);
    await cofre.wait(await restore(resourceId, backup?.id ?? ""));
    expect(await database.contents()).toBe(before);
  });
});
