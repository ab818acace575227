import { createHash, randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { absentReason, startMinio } from "@cofre/lab";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { JobAnswer } from "./testing/client.ts";
import { type MainProcess, mainProcess } from "./testing/main-process.ts";
import { openShop, type Shop, stall, untilStalled } from "./testing/shop.ts";
import { startApi } from "./testing/start-api.ts";

vi.setConfig({ testTimeout: 900_000, hookTimeout: 900_000 });

const FILL = "create table orders as select n, md5(n::text) as word from generate_series(1, 5000) n";
const FINGERPRINT = "select count(*) || ' ' || md5(string_agg(word, ',' order by n)) from orders";

/** An index whose function takes its time: a load stands still in the middle of it, on any machine. */
const CRAWLING = `
  create function slow(n int) returns int language plpgsql immutable as
    $$ begin perform pg_sleep(coalesce(nullif(current_setting('lab.sleep', true), ''), '0.02')::float); return n; end $$;
  set lab.sleep = '0';
  create table crawling as select generate_series(1, 400) n;
  create index on crawling (slow(n))`;
const IS_CRAWLING =
  "select count(*) from pg_stat_activity where query ilike 'create index%slow%' and state = 'active'";

describe.skipIf(absentReason({ engine: "postgres", version: "15" }))("Cofre killed with -9", () => {
  let dataDir: string;
  let cofre: MainProcess;
  let shop: Shop;

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), "cofre-killed-"));
    const masterKey = randomBytes(32).toString("hex");
    // Set up already: a first start would make this machine a server, and look at all that runs on it.
    const first = await startApi({ dataDir, masterKey, works: false });
    await first.close();
    cofre = mainProcess({ dataDir, masterKey });
    await cofre.start();
    shop = await openShop(cofre.client);
    await shop.database.sql(FILL);
  });
  afterAll(async () => {
    await cofre?.[Symbol.asyncDispose]();
    await shop?.[Symbol.asyncDispose]();
    await rm(dataDir, { recursive: true, force: true });
  });

  async function journals(): Promise<readonly string[]> {
    return (await shop.files()).filter((path) => /\.cofre\/|\.partial$/.test(path));
  }

  async function isWhole(backupId: string | undefined): Promise<void> {
    const backup = (await shop.backups()).find(({ id }) => id === backupId);
    expect(backup).toMatchObject({ status: "completed" });
    const bytes = await shop.ssh.exec(["cat", backup?.filepath ?? ""]);
    expect(createHash("sha256").update(bytes.stdout).digest("hex")).toBe(backup?.sha256);
    expect(backup?.units[0]?.counts).toMatchObject({ "public.orders": 5000 });
  }

  test("in the middle of a backup, twice: the job on the server is found again and completed", async () => {
    await using held = await stall(shop.database);
    const { job, backups } = await shop.backup();
    await untilStalled(shop.database);
    await cofre.kill();
    await cofre.start();
    expect(await cofre.client.until(job.id, ({ status }) => status === "running", 30_000)).toMatchObject({
      error: null,
    });
    await cofre.kill();
    // It ends while nobody looks.
    await held.release();
    await untilNobodyDumps();
    await cofre.start();
    expect(await cofre.client.ended(job.id)).toMatchObject({ status: "succeeded", error: null });
    await isWhole(backups[0]?.id);
    expect(await shop.backups()).toHaveLength(1);
    expect(await journals()).toEqual([]);
    expect(await shop.inside()).toBe("");
  });

  async function untilNobodyDumps(): Promise<void> {
    const dumping = "select count(*) from pg_stat_activity where application_name ~ 'pg_dump|cofre'";
    while ((await shop.database.sql(dumping)) !== "0") await sleep(200);
    await sleep(1000);
  }

  test("a stop in peace leaves the job to the server, and the next start goes on with it at once", async () => {
    await using held = await stall(shop.database);
    const { job, backups } = await shop.backup();
    await untilStalled(shop.database);
    expect(await cofre.stop()).toBeLessThan(15_000);
    await held.release();
    await cofre.start();
    expect(await cofre.client.ended(job.id)).toMatchObject({ status: "succeeded", error: null });
    await isWhole(backups[0]?.id);
    expect(await journals()).toEqual([]);
  });

  const noS3 = absentReason({ engine: "minio", version: "RELEASE.2025-09-07T16-13-09Z" });

  test.skipIf(noS3 !== null)(
    "while it sends an archive into S3: it is sent again, and nothing half is left anywhere",
    async () => {
      await using minio = await startMinio();
      const inS3 = async (folder: string) =>
        (await minio.exec(["find", folder, "-name", "xl.meta"])).stdout
          .toString()
          .split("\n")
          .filter(Boolean);
      const uploads = () => inS3("/data/.minio.sys/multipart");
      await minio.exec(["mkdir", "/data/archives"]);
      const { endpoint, accessKey, secretKey } = minio;
      const s3 = { endpoint, bucket: "archives", accessKey, secretKey };
      const body = { name: "a bucket", kind: "s3", s3, test: false };
      const { id: store } = await cofre.client.post<{ id: string }>("/api/stores", body);
      // Bytes that no codec makes smaller, and then a dump that stands still at its large objects.
      await shop.database.sql(`create extension pgcrypto; select lo_from_bytea(1, 'large');
        create table noise as select gen_random_bytes(1024) as bytes from generate_series(1, 40960)`);
      await using held = await stall(shop.database, "pg_largeobject");
      const { job, backups } = await shop.backup({ units: ["shop"], store });
      for (const end = Date.now() + 120_000; (await uploads()).length === 0; await sleep(200)) {
        if (Date.now() > end) throw new Error("nothing came into the bucket");
      }
      await cofre.kill();
      await held.release();
      await cofre.start();
      const ended = await cofre.client.ended(job.id);
      expect(ended).toMatchObject({ status: "succeeded", error: null });
      const backup = (await shop.backups()).find(({ id }) => id === backups[0]?.id);
      expect(backup).toMatchObject({ status: "completed", units: [{ counts: { "public.noise": 40_960 } }] });
      const path = `/api/resources/${shop.resource.id}/backups/${backup?.id}/download`;
      const bytes = Buffer.from(await (await cofre.client.raw(path)).arrayBuffer());
      expect(createHash("sha256").update(bytes).digest("hex")).toBe(backup?.sha256);
      expect(await uploads()).toEqual([]);
      const names = (await inS3("/data/archives")).map((file) => file.split("/").at(-2) ?? "");
      expect(names).toEqual(expect.arrayContaining([backup?.filename, `${backup?.filename}.json`]));
      expect(names.filter((name) => !name.startsWith(backup?.filename ?? "-"))).toEqual([]);
      expect(await journals()).toEqual([]);
      expect(await shop.inside()).toBe("");
      await cofre.client.remove(path.replace("/download", ""));
      await shop.database.sql("drop table noise; select lo_unlink(1)");
    },
  );

  describe("in the middle of a restore", () => {
    let backupId: string;
    let restored: string;
    let now: string;

    beforeAll(async () => {
      await shop.database.sql(CRAWLING);
      backupId = (await shop.completed()).id;
      restored = await shop.database.sql(FINGERPRINT);
      await shop.database.sql("drop table crawling; insert into orders values (0, 'new')");
      now = await shop.database.sql(FINGERPRINT);
    });

    /** Whatever became of it, the job says what is true: the target is as it was, or it is the restored one. */
    async function tellsTheTruth(job: JobAnswer): Promise<void> {
      const ended = await cofre.client.ended(job.id);
      expect(["interrupted", "succeeded"]).toContain(ended.status);
      expect(await shop.database.sql(FINGERPRINT)).toBe(ended.status === "succeeded" ? restored : now);
      if (ended.status === "interrupted")
        expect(ended.error).toMatchObject({ code: "job.interrupted", targetChanged: false });
      expect(await shop.inside()).toBe("");
      expect(await journals()).toEqual([]);
      const kept = ended.status === "succeeded" ? 1 : 0;
      const others =
        "select count(*) from pg_database where datname not in ('postgres', 'template0', 'template1', 'shop')";
      expect(Number(await shop.database.sql(others, "postgres"))).toBeLessThanOrEqual(kept);
      const open = (await shop.backups()).filter(
        ({ status }) => status === "pending" || status === "running",
      );
      expect(open).toEqual([]);
    }

    test("while it checks the archive: the target is as it was", async () => {
      const { job } = await shop.restore(backupId);
      await cofre.client.until(job.id, ({ status, phase }) => status === "running" && phase !== "waiting");
      await cofre.kill();
      await cofre.start();
      await tellsTheTruth(job);
      expect(await shop.database.sql(FINGERPRINT)).toBe(now);
    });

    test("while it takes the safety backup: the target is as it was", async () => {
      await using held = await stall(shop.database);
      const { job } = await shop.restore(backupId);
      await untilStalled(shop.database);
      await cofre.kill();
      await held.release();
      await cofre.start();
      await tellsTheTruth(job);
      expect(await shop.database.sql(FINGERPRINT)).toBe(now);
    });

    test("while it loads: the target is as it was, and what was loaded is gone", async () => {
      const { job } = await shop.restore(backupId, { safetyBackup: false });
      while ((await shop.database.sql(IS_CRAWLING)) === "0") await sleep(100);
      await cofre.kill();
      await cofre.start();
      await tellsTheTruth(job);
      expect(await shop.database.sql(FINGERPRINT)).toBe(now);
    });

    test("while it switches: the target is one or the other, and reachable", async () => {
      const { job } = await shop.restore(backupId, { safetyBackup: false });
      while ((await shop.database.sql(IS_CRAWLING)) === "0") await sleep(100);
      // Nobody renames a database while this is held.
      await using held = await stall(shop.database, "pg_database", "share");
      await untilStalled(shop.database);
      await cofre.kill();
      await cofre.start();
      await sleep(2000);
      await held.release();
      await tellsTheTruth(job);
    });

    test("and then a new restore succeeds", async () => {
      const { job } = await shop.restore(backupId);
      expect(await cofre.client.ended(job.id)).toMatchObject({ status: "succeeded", error: null });
      expect(await shop.database.sql(FINGERPRINT)).toBe(restored);
    });
  });

  test("has written no secret anywhere", async () => {
    const everything = `${cofre.written()}\n${cofre.client.heard()}`;
    const key = shop.ssh.key("ed25519").privateKey.split("\n")[2] ?? "";
    expect(key.length).toBeGreaterThan(40);
    for (const secret of [key, shop.database.password]) expect(everything).not.toContain(secret);
  });
});
