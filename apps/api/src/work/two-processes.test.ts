import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { absentReason, type StartedPostgres, startPostgres } from "@cofre/lab";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { newApiKey } from "../auth/api-key.ts";
import { type MainProcess, mainProcess } from "./testing/main-process.ts";
import { openShop, type Shop, stall, untilStalled } from "./testing/shop.ts";

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

const absent = absentReason({ engine: "postgres", version: "18" });

describe.skipIf(absent)("two processes on one database", () => {
  let catalogue: StartedPostgres;
  let folders: readonly string[] = [];
  let both: readonly [MainProcess, MainProcess];
  let shop: Shop | undefined;

  beforeAll(async () => {
    catalogue = await startPostgres("18", { password: "cofre" });
    const databaseUrl = `postgres://${catalogue.user}:cofre@${catalogue.host}:${catalogue.port}/${catalogue.database}`;
    const common = {
      databaseUrl,
      masterKey: randomBytes(32).toString("hex"),
      apiKey: newApiKey(),
      adminPassword: "a password of the lab",
    };
    const [one, two] = await Promise.all([1, 2].map(() => mkdtemp(join(tmpdir(), "cofre-two-"))));
    if (one === undefined || two === undefined) throw new Error("no folders");
    folders = [one, two];
    both = [mainProcess({ ...common, dataDir: one }), mainProcess({ ...common, dataDir: two })];
  });
  afterAll(async () => {
    for (const process of both ?? []) await process[Symbol.asyncDispose]();
    await shop?.[Symbol.asyncDispose]();
    await catalogue?.[Symbol.asyncDispose]();
    for (const folder of folders) await rm(folder, { recursive: true, force: true });
  });

  test("start at the same moment on an empty one: it is set up once", async () => {
    await Promise.all(both.map((process) => process.start()));
    const [one, two] = both;
    for (const process of both) {
      const { items } = await process.client.get<{ items: { slug: string }[] }>("/api/projects");
      expect(items.map(({ slug }) => slug)).toEqual(["default"]);
    }
    expect(one.written() + two.written()).not.toMatch(/"level":(50|60)/);
  });

  test("the one that works on a backup is killed with -9: the other takes it over and ends it", async () => {
    const [one, two] = both;
    shop = await openShop(one.client);
    await shop.database.sql("create table orders as select n from generate_series(1, 1000) n");
    const held = await stall(shop.database);
    const { job, backups } = await shop.backup();
    await untilStalled(shop.database);
    const row = `select worker_id || ' ' || attempt from jobs where id = '${job.id}'`;
    const before = await catalogue.sql(row);
    const started = new RegExp(`"jobId":"${job.id}".*"msg":"job started"`);
    const [worker, other] = started.test(one.written()) ? [one, two] : [two, one];
    expect(worker.written()).toMatch(started);
    await worker.kill();
    await held.release();
    expect(await other.client.ended(job.id, 120_000)).toMatchObject({ status: "succeeded", error: null });
    expect(other.written()).toMatch(started);
    expect(before.endsWith(" 1")).toBe(true);
    const after = await catalogue.sql(row);
    expect(after.endsWith(" 2")).toBe(true);
    expect(after.split(" ")[0]).not.toBe(before.split(" ")[0]);
    const path = `/api/resources/${shop.resource.id}/backups`;
    const { items } = await other.client.get<{ items: { id: string; status: string }[] }>(path);
    expect(items.map(({ id, status }) => [id, status])).toEqual([[backups[0]?.id, "completed"]]);
    expect((await shop.files()).filter((file) => /\.cofre\/|\.partial$/.test(file))).toEqual([]);
  });
});
