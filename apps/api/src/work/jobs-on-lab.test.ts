import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { absentReason, type FaultyTcpProxy, faultyTcpProxy, sshServer } from "@cofre/lab";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { eq } from "../db/orm.ts";
import { servers } from "../db/schema/servers.ts";
import { embedded } from "../testing/catalogues.ts";
import { type BackupAnswer, type Client, clientOf, type JobAnswer } from "./testing/client.ts";
import { holdRestorer, openShop, type Shop, stall, untilStalled } from "./testing/shop.ts";
import { type StartedApi, startApi } from "./testing/start-api.ts";

vi.setConfig({ testTimeout: 900_000, hookTimeout: 900_000 });

const FILL = `create table orders as select n, md5(n::text) as word from generate_series(1, 5000) n`;
const DATABASES = "select string_agg(datname, ' ' order by datname) from pg_database";
const FINGERPRINT = `select count(*) || ' ' || md5(string_agg(word, ',' order by n)) from orders`;
/** A phase is told within the time between two writes of a job's progress, and what a busy machine adds. */
const PHASE_MS = 20_000;

describe.skipIf(absentReason({ engine: "postgres", version: "15" }))("jobs on a real server", () => {
  let api: StartedApi;
  let client: Client;
  let shop: Shop;
  let link: FaultyTcpProxy;

  beforeAll(async () => {
    api = await startApi({ catalogue: await embedded.open() });
    client = clientOf(async (path, init) => api.app.request(path, init), api.apiKey);
    const { host, port } = sshServer("docker");
    link = await faultyTcpProxy({ target: { host, port } });
    shop = await openShop(client, { address: { host: link.host, port: link.port } });
    await shop.database.sql(FILL);
  });
  afterAll(async () => {
    await api?.[Symbol.asyncDispose]();
    await shop?.[Symbol.asyncDispose]();
    await link?.[Symbol.asyncDispose]();
  });

  /** Nothing of the job runs on, and nothing partial lies about. */
  async function nothingIsLeft(): Promise<void> {
    expect(await shop.inside()).toBe("");
    const files = await shop.files();
    expect(files.filter((path) => /\.cofre\/|\.partial$/.test(path))).toEqual([]);
    const keys = (await shop.backups()).flatMap(({ status, filepath }) =>
      status === "completed" && filepath !== null ? [filepath] : [],
    );
    const archives = files.filter((path) => /\.dump\.(zst|gz)$/.test(path));
    expect(archives.toSorted()).toEqual(keys.toSorted());
  }

  test("everything in a resource is backed up, validated, and comes back after the data was changed", async () => {
    await shop.database.sql("create database side");
    const { job, backups } = await shop.backup({});
    expect(backups).toHaveLength(1);
    const ended = await client.ended(job.id);
    expect(ended).toMatchObject({ status: "succeeded", error: null });
    const taken = await shop.backups();
    expect(taken.map(({ unit, status }) => [unit, status]).toSorted()).toEqual([
      ["postgres", "completed"],
      ["shop", "completed"],
      ["side", "completed"],
    ]);
    expect(ended.backupIds.toSorted()).toEqual(taken.map(({ id }) => id).toSorted());
    const backup = taken.find(({ unit }) => unit === "shop");
    if (backup === undefined) throw new Error("no backup of shop");
    expect(backup.units[0]?.counts).toMatchObject({ "public.orders": 5000 });
    const bytes = await shop.ssh.exec(["cat", backup.filepath ?? ""]);
    expect(createHash("sha256").update(bytes.stdout).digest("hex")).toBe(backup.sha256);

    const validated = await client.post<{ job: { id: string } }>(
      `/api/resources/${shop.resource.id}/backups/${backup.id}/validate`,
      { depth: "readable" },
    );
    expect(await client.ended(validated.job.id)).toMatchObject({ status: "succeeded" });

    const before = await shop.database.sql(FINGERPRINT);
    await shop.database.sql("delete from orders where n > 10; create table later (id int)");
    const restore = await shop.restore(backup.id);
    expect(await client.ended(restore.job.id)).toMatchObject({ status: "succeeded", error: null });
    expect(await shop.database.sql(FINGERPRINT)).toBe(before);
    expect(await shop.database.sql("select to_regclass('later') is null")).toBe("t");
    const safety = (await shop.backups()).find(({ id }) => id === restore.safetyBackupId);
    expect(safety).toMatchObject({ status: "completed", origin: "safety" });
    expect(safety?.units[0]?.counts).toMatchObject({ "public.orders": 10, "public.later": 0 });
    await nothingIsLeft();
    await shop.database.sql("drop database side");
    await comesBackUnprotected(taken.find(({ unit }) => unit === "side")?.id ?? "", "side");
    await comesBackUnprotected(backup.id, "shop_test", { destination: { unit: "shop_test" } });
    expect(await shop.database.sql(FINGERPRINT, "shop_test")).toBe(before);
    await nothingIsLeft();
  });

  /** With a safety backup asked for, as by default, where nothing is that could be backed up. */
  async function comesBackUnprotected(backupId: string, name: string, body = {}): Promise<void> {
    const { job, safetyBackupId } = await shop.restore(backupId, body);
    expect(await client.ended(job.id)).toMatchObject({
      ...{ status: "succeeded", error: null },
      warnings: [`no safety backup was taken of ${name}, because it was not there`],
    });
    const safety = (await shop.backups()).find(({ id }) => id === safetyBackupId);
    expect(safety).toMatchObject({ status: "cancelled", error: null });
  }

  test("a second backup waits for the first, a restore is refused with its name", async () => {
    const done = await shop.completed();
    await using held = await stall(shop.database);
    const first = await shop.backup();
    const second = await shop.backup();
    await untilStalled(shop.database);
    expect(await client.get(`/api/jobs/${second.job.id}`)).toMatchObject({ status: "queued" });
    await expect(shop.restore(done.id)).rejects.toMatchObject({
      status: 423,
      problem: { code: "resource.busy" },
    });
    await held.release();
    expect(await client.ended(first.job.id)).toMatchObject({ status: "succeeded" });
    expect(await client.ended(second.job.id)).toMatchObject({ status: "succeeded" });
    const names = (await shop.backups()).flatMap(({ filename }) => filename ?? []);
    expect(new Set(names).size).toBe(names.length);
    await nothingIsLeft();
  });

  async function cancelled(jobId: string): Promise<void> {
    const began = Date.now();
    await client.post(`/api/jobs/${jobId}/cancel`);
    const ended = await client.ended(jobId, 20_000);
    expect(ended).toMatchObject({ status: "cancelled", error: null });
    expect(Date.now() - began).toBeLessThan(10_000);
    await nothingIsLeft();
  }

  test("a backup is cancelled while it waits, and while it dumps", async () => {
    await using _held = await stall(shop.database);
    const [first, second] = [await shop.backup(), await shop.backup()];
    await untilStalled(shop.database);
    await client.post(`/api/jobs/${second.job.id}/cancel`);
    expect(await client.get(`/api/jobs/${second.job.id}`)).toMatchObject({ status: "cancelled" });
    await cancelled(first.job.id);
    const rows = (await shop.backups()).filter(({ id }) =>
      [first, second].some(({ backups }) => backups[0]?.id === id),
    );
    expect(rows.map(({ status }) => status)).toEqual(["cancelled", "cancelled"]);
  });

  test("a restore is cancelled in its safety backup and while it loads, and the target is as it was", async () => {
    // An index whose function takes its time: the load stands still in the middle, on any machine.
    await shop.database.sql(`
      create function slow(n int) returns int language plpgsql immutable as
        $$ begin perform pg_sleep(coalesce(nullif(current_setting('lab.sleep', true), ''), '0.05')::float); return n; end $$;
      set lab.sleep = '0';
      create table crawling as select generate_series(1, 1200) n;
      create index on crawling (slow(n))`);
    const backup = await shop.completed();
    await shop.database.sql("drop table crawling; insert into orders values (0, 'new')");
    const before = await shop.database.sql(FINGERPRINT);
    const databases = await shop.database.sql(DATABASES);

    await using held = await stall(shop.database);
    const protectedOne = await shop.restore(backup.id);
    await client.until(protectedOne.job.id, ({ phase }) => phase === "dumping" || phase === "safety-backup");
    await untilStalled(shop.database);
    await cancelled(protectedOne.job.id);
    await held.release();

    const loading = await shop.restore(backup.id, { safetyBackup: false });
    await client.until(loading.job.id, ({ phase }) => phase === "loading");
    await sleep(1500);
    await cancelled(loading.job.id);
    expect(await shop.database.sql(FINGERPRINT)).toBe(before);
    expect(await shop.database.sql(DATABASES)).toBe(databases);
    expect(await shop.database.sql("select to_regclass('crawling') is null")).toBe("t");
    await shop.database.sql("delete from orders where n = 0");
  });

  test("a validation is cancelled, and a restore while it validates, and the target is as it was", async () => {
    const backup = await shop.completed();
    const [before, databases] = [await shop.database.sql(FINGERPRINT), await shop.database.sql(DATABASES)];
    await using reading = await holdRestorer(shop.database, "reading");
    const path = `/api/resources/${shop.resource.id}/backups/${backup.id}`;
    const validating = await client.post<{ job: JobAnswer }>(`${path}/validate`, { depth: "readable" });
    await reading.isReached();
    await cancelled(validating.job.id);
    expect(await client.get(path)).toMatchObject({ status: "completed", validation: null });

    const restoring = await shop.restore(backup.id, { safetyBackup: false });
    await reading.isReached();
    await client.until(restoring.job.id, ({ phase }) => phase === "validating", PHASE_MS);
    await cancelled(restoring.job.id);
    expect(await shop.database.sql(FINGERPRINT)).toBe(before);
    expect(await shop.database.sql(DATABASES)).toBe(databases);
  });

  test("a restore is cancelled while it compares, and what it loaded beside the target is gone", async () => {
    const backup = await shop.completed();
    const [before, databases] = [await shop.database.sql(FINGERPRINT), await shop.database.sql(DATABASES)];
    await using loaded = await holdRestorer(shop.database, "loaded");
    const { job } = await shop.restore(backup.id, { safetyBackup: false });
    await loaded.isReached();
    const known = databases.split(" ");
    const now = (await shop.database.sql(DATABASES)).split(" ");
    const staging = now.find((name) => !known.includes(name)) ?? "";
    const beside = { ...shop.database, sql: (text: string) => shop.database.sql(text, staging) };
    // Ended with the database that it holds.
    await stall(beside);
    await loaded.letGo();
    await untilStalled(shop.database);
    await client.until(job.id, ({ phase }) => phase === "comparing", PHASE_MS);
    await cancelled(job.id);
    expect(await shop.database.sql(FINGERPRINT)).toBe(before);
    expect(await shop.database.sql(DATABASES)).toBe(databases);
  });

  test("a link that dies silently does not end the backup: it is found again on the server", async () => {
    await using held = await stall(shop.database);
    const { job, backups } = await shop.backup();
    await untilStalled(shop.database);
    link.blackhole();
    await held.release();
    // Longer than the keepalive: the connection is given up, and the next one hangs too.
    await sleep(13_000);
    expect(await client.get(`/api/jobs/${job.id}`)).toMatchObject({ status: "running" });
    link.restore();
    expect(await client.ended(job.id, 60_000)).toMatchObject({ status: "succeeded", error: null });
    const backup = (await shop.backups()).find(({ id }) => id === backups[0]?.id);
    const bytes = await shop.ssh.exec(["cat", backup?.filepath ?? ""]);
    expect(createHash("sha256").update(bytes.stdout).digest("hex")).toBe(backup?.sha256);
    await nothingIsLeft();
  }, 120_000);

  /** What is wrong is told with a remedy, and once it is right again the same request succeeds. */
  async function failsUntilMended(expected: object, mend: () => Promise<unknown>): Promise<BackupAnswer> {
    const { job, backups } = await shop.backup();
    const ended = await client.ended(job.id);
    expect(ended).toMatchObject({ status: "failed", error: expected });
    expect(ended.error?.hint).not.toBeNull();
    const [row] = (await shop.backups()).filter(({ id }) => id === backups[0]?.id);
    expect(row).toMatchObject({ status: "failed", error: expected, filepath: null });
    await mend();
    return await shop.completed();
  }

  test("a wrong user and a missing tool are told before a byte is written", async () => {
    const path = `/api/projects/${await projectOf(client)}/resources/${shop.resource.id}`;
    await client.put(path, { config: { username: "nobody" }, test: false });
    await failsUntilMended({ code: "target.auth" }, () =>
      client.put(path, { config: { username: shop.database.user }, test: false }),
    );
    const asRoot = { user: "root" };
    const rename = (from: string, into: string) =>
      shop.database.exec(
        [
          "sh",
          "-c",
          `for p in /usr/bin /usr/local/bin /usr/lib/postgresql/*/bin; do mv $p/${from} $p/${into}; done`,
        ],
        asRoot,
      );
    await rename("pg_dump", "hidden");
    await failsUntilMended({ code: "server.tool-missing" }, () => rename("hidden", "pg_dump"));
    await nothingIsLeft();
  });

  test("a changed host key is told before anything is sent, and not when it is the known one again", async () => {
    const [row] = await api.deps.db.select().from(servers).where(eq(servers.id, shop.serverId));
    const set = (hostKeyFingerprint: string | null | undefined) =>
      api.deps.db
        .update(servers)
        .set({ hostKeyFingerprint: hostKeyFingerprint ?? null })
        .where(eq(servers.id, shop.serverId));
    await set("SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
    await failsUntilMended({ code: "server.host-key" }, () => set(row?.hostKeyFingerprint));
    await nothingIsLeft();
  });
});

async function projectOf(client: Client): Promise<string> {
  const { items } = await client.get<{ items: { id: string }[] }>("/api/projects");
  return items[0]?.id ?? "";
}
