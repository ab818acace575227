import { createHash } from "node:crypto";
import { Secret } from "@cofre/core/model";
import { makeBucket } from "@cofre/core/testing";
import { absentReason, type StartedS3, startMinio, startRedis } from "@cofre/lab";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { embedded } from "../testing/catalogues.ts";
import { orderCopies } from "./copy-orders.ts";
import {
  type BackupAnswer,
  type Client,
  clientOf,
  type JobAnswer,
  type ResourceAnswer,
} from "./testing/client.ts";
import { defaultProject } from "./testing/on-lab.ts";
import { openShop, type Shop } from "./testing/shop.ts";
import { type StartedApi, startApi } from "./testing/start-api.ts";

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

const BUCKET = "archives";
const FILL = `create table orders as select n, md5(n::text) as word from generate_series(1, 5000) n`;
const FINGERPRINT = `select count(*) || ' ' || md5(string_agg(word, ',' order by n)) from orders`;

interface StoreAnswer {
  readonly id: string;
  readonly s3: { readonly secretKey: unknown } | null;
}

interface CopyAnswer {
  readonly id: string;
  readonly status: string;
  readonly storeId: string;
  readonly filepath: string | null;
  readonly verifiedAt: string | null;
  readonly jobId: string;
}

interface CopyPage {
  readonly items: readonly CopyAnswer[];
  readonly nextCursor: string | null;
}

const needs = { engine: "minio", version: "RELEASE.2025-09-07T16-13-09Z" } as const;

describe.skipIf(absentReason(needs))("archives in S3", () => {
  let api: StartedApi;
  let client: Client;
  let shop: Shop;
  let minio: StartedS3;
  let store: StoreAnswer;

  beforeAll(async () => {
    api = await startApi({ catalogue: await embedded.open() });
    client = clientOf(async (path, init) => api.app.request(path, init), api.apiKey);
    minio = await startMinio();
    await minio.exec(["mkdir", `/data/${BUCKET}`]);
    shop = await openShop(client);
    await shop.database.sql(FILL);
    store = await client.post<StoreAnswer>("/api/stores", wanted());
  });
  afterAll(async () => {
    await api?.[Symbol.asyncDispose]();
    await shop?.[Symbol.asyncDispose]();
    await minio?.[Symbol.asyncDispose]();
  });

  const wanted = (s3: object = {}) => ({
    name: "a bucket",
    kind: "s3",
    s3: {
      endpoint: minio.endpoint,
      bucket: BUCKET,
      prefix: "cofre",
      accessKey: minio.accessKey,
      secretKey: minio.secretKey,
      ...s3,
    },
  });
  const inBucket = async () => {
    const found = await minio.exec(["find", `/data/${BUCKET}/cofre`, "-name", "xl.meta"]);
    return found.stdout.toString();
  };
  const succeeded = async (job: { readonly id: string }) => {
    const ended = await client.ended(job.id);
    expect(ended).toMatchObject({ status: "succeeded", error: null });
    return ended;
  };

  test("a store is tried before it is kept, tested line by line, and never shows its secret", async () => {
    expect(store.s3?.secretKey).toEqual({ set: true });
    const trial = await client.post<{ ok: boolean; checks: { ok: boolean }[] }>(
      `/api/stores/${store.id}/test`,
    );
    expect(trial.ok).toBe(true);
    expect(trial.checks.length).toBeGreaterThan(10);
    await expect(client.post("/api/stores", wanted({ secretKey: "wrong" }))).rejects.toMatchObject({
      problem: { code: "store.unavailable" },
    });
    await expect(
      client.put(`/api/stores/${store.id}`, { s3: { endpoint: "http://192.0.2.1" } }),
    ).rejects.toMatchObject({
      problem: { code: "input.invalid" },
    });
  });

  test("PostgreSQL goes to S3 without a copy on the server, and comes back", async () => {
    const before = await shop.database.sql(FINGERPRINT);
    const { job } = await shop.backup({ units: ["shop"], store: store.id });
    await succeeded(job);
    const [backup] = await shop.backups();
    if (backup?.filepath == null) throw new Error("the backup has no place");
    expect(await inBucket()).toContain(`cofre/${backup.filepath}/`);
    expect(await shop.files()).toEqual([]);
    const base = `/api/resources/${shop.resource.id}/backups/${backup.id}`;
    await succeeded((await client.post<{ job: JobAnswer }>(`${base}/validate`, { depth: "readable" })).job);
    await shop.database.sql("delete from orders where n > 10");
    await succeeded((await shop.restore(backup.id, { safetyBackup: false })).job);
    expect(await shop.database.sql(FINGERPRINT)).toBe(before);
    await expect(client.remove(`/api/stores/${store.id}`)).rejects.toMatchObject({ status: 409 });
  });

  test("Redis goes to S3, and comes back", async () => {
    await using redis = await startRedis("7", { appendonly: true });
    await redis.cli(["mset", "a", "1", "b", "2"]);
    const { id } = await client.post<ResourceAnswer>(
      `/api/projects/${await defaultProject(client)}/resources`,
      {
        name: "cache",
        type: "redis",
        serverId: shop.serverId,
        containerId: redis.name,
        test: false,
      },
    );
    const base = `/api/resources/${id}/backups`;
    await client.put(`/api/resources/${id}/stores`, { storeId: store.id, copyStoreIds: null });
    await succeeded((await client.post<{ job: JobAnswer }>(base)).job);
    const { items } = await client.get<{ items: (BackupAnswer & { storeId: string })[] }>(base);
    expect(items.map(({ storeId }) => storeId)).toEqual([store.id]);
    await redis.cli(["flushall"]);
    const restore = `${base}/${items[0]?.id}/restore`;
    await succeeded((await client.post<{ job: JobAnswer }>(restore, { safetyBackup: false })).job);
    expect(await redis.cli(["mget", "a", "b"])).toBe("1\n2");
  });

  test("a backup is copied by itself, restored from its copy when the first place lost it, and goes with its copy", async () => {
    await client.put(`/api/resources/${shop.resource.id}/stores`, {
      storeId: null,
      copyStoreIds: [store.id],
    });
    const before = await shop.database.sql(FINGERPRINT);
    const backup = await shop.completed();
    const base = `/api/resources/${shop.resource.id}/backups/${backup.id}`;
    await orderCopies(api.deps);
    await orderCopies(api.deps);
    const copies = async () => (await client.get<{ items: CopyAnswer[] }>(`${base}/copies`)).items;
    const [copy, ...others] = await copies();
    if (copy === undefined) throw new Error("no copy was ordered");
    expect(others).toEqual([]);
    await succeeded({ id: copy.jobId });
    expect(await copies()).toMatchObject([{ status: "completed", storeId: store.id }]);
    expect((await copies())[0]?.verifiedAt).not.toBeNull();
    await expect(client.post(`${base}/copies`, { storeId: store.id })).rejects.toMatchObject({ status: 409 });

    await shop.ssh.exec(["rm", backup.filepath ?? ""]);
    const downloaded = await (await client.raw(`${base}/download`)).arrayBuffer();
    expect(createHash("sha256").update(Buffer.from(downloaded)).digest("hex")).toBe(backup.sha256);
    await shop.database.sql("delete from orders");
    const ended = await succeeded((await shop.restore(backup.id, { safetyBackup: false })).job);
    expect(ended.warnings.join()).toContain("s3://archives/cofre");
    expect(await shop.database.sql(FINGERPRINT)).toBe(before);

    // Its name alone may be that of another backup of the same minute.
    const place = `cofre/${(await copies())[0]?.filepath}`;
    expect(await inBucket()).toContain(`${place}/`);
    await client.remove(base);
    expect(await inBucket()).not.toContain(place);
  });

  test("what is locked in one place is neither deleted nor expired, and stays a backup in all of them", async () => {
    const { endpoint, accessKey } = minio;
    const secretKey = new Secret(minio.secretKey);
    await using vault = await makeBucket(
      { endpoint, accessKey, secretKey, region: "us-east-1", pathStyle: true },
      true,
    );
    const lock = { mode: "GOVERNANCE", days: 1 };
    const locked = await client.post<StoreAnswer>("/api/stores", wanted({ bucket: vault.bucket, lock }));
    await client.put(`/api/resources/${shop.resource.id}/stores`, { storeId: locked.id, copyStoreIds: [] });
    const { id, filepath } = await shop.completed();
    const base = `/api/resources/${shop.resource.id}/backups/${id}`;
    const copying = await client.post<{ job: JobAnswer }>(`${base}/copies`, { storeId: store.id });
    await succeeded(copying.job);
    const { items } = await client.get<{ items: CopyAnswer[] }>(`${base}/copies`);
    await expect(client.remove(base)).rejects.toMatchObject({
      status: 409,
      message: expect.stringMatching(`locked in s3://${vault.bucket}/cofre until 20`),
    });
    await shop.completed();
    const { decisions } = await client.call<{
      decisions: { backupId: string; keep: boolean; reason: string }[];
    }>("backups.cleanup", { keepLast: 1, resourceId: shop.resource.id });
    expect(decisions.find(({ backupId }) => backupId === id)).toMatchObject({
      keep: true,
      reason: expect.stringContaining("it is locked until 20"),
    });
    expect(await client.get(base)).toMatchObject({ deleting: false, filepath });
    expect(await client.get(`${base}/copies`)).toMatchObject({ items });
    expect(await inBucket()).toContain(`cofre/${items[0]?.filepath}/`);
  });

  test("what is damaged in one place is restored from the next that is whole, and told when none is", async () => {
    // No copy of its own accord is under way when the restore is asked for.
    await client.put(`/api/resources/${shop.resource.id}/stores`, { storeId: null, copyStoreIds: [] });
    const root = `${shop.root}/second`;
    const asked = { name: "second", kind: "directory", serverId: shop.serverId, root };
    const second = await client.post<StoreAnswer>("/api/stores", asked);
    const before = await shop.database.sql(FINGERPRINT);
    const { id, filepath, sha256 } = await shop.completed();
    if (filepath === null) throw new Error("the backup has no place");
    const base = `/api/resources/${shop.resource.id}/backups/${id}`;
    const { job, copy } = await client.post<{ job: JobAnswer; copy: CopyAnswer }>(`${base}/copies`, {
      storeId: second.id,
    });
    await succeeded(job);
    const damage = (path: string) =>
      shop.ssh.exec(["sh", "-c", `printf X | dd of='${path}' bs=1 seek=40 conv=notrunc`]);
    await damage(filepath);
    await shop.database.sql("delete from orders");
    const restored = await succeeded((await shop.restore(id, { safetyBackup: false })).job);
    expect(await shop.database.sql(FINGERPRINT)).toBe(before);
    expect(restored.warnings).toEqual([expect.stringMatching(`^Read from ${root} on .* in ${shop.root} on`)]);
    const seen = { ok: true, depth: "readable", error: { code: "archive.damaged" } };
    expect(await client.get(base)).toMatchObject({ validation: seen });
    const checked = await succeeded((await client.post<{ job: JobAnswer }>(`${base}/validate`)).job);
    expect(checked.warnings).toHaveLength(1);
    expect(await client.get(base)).toMatchObject({ validation: seen });
    const downloaded = Buffer.from(await (await client.raw(`${base}/download`)).arrayBuffer());
    expect(createHash("sha256").update(downloaded).digest("hex")).toBe(sha256);

    const { items } = await client.get<{ items: CopyAnswer[] }>(`${base}/copies`);
    await damage(`${root}/${items.find((one) => one.id === copy.id)?.filepath}`);
    const failed = await client.ended((await shop.restore(id, { safetyBackup: false })).job.id);
    expect(failed).toMatchObject({ status: "failed", error: { code: "archive.damaged" } });
    expect(failed.error?.message).toMatch(
      new RegExp(`no place has the archive whole: .* in ${shop.root} on .*; .* in ${root} on`),
    );
    expect(await client.get(base)).toMatchObject({ validation: { ...seen, ok: false } });
    expect(await shop.database.sql(FINGERPRINT)).toBe(before);
  });

  test("a copy is made from another copy where the original is damaged, and says so", async () => {
    const root = `${shop.root}/third`;
    const asked = { name: "third", kind: "directory", serverId: shop.serverId, root };
    const third = await client.post<StoreAnswer>("/api/stores", asked);
    const { id, filepath } = await shop.completed();
    const base = `/api/resources/${shop.resource.id}/backups/${id}`;
    const copyInto = async (storeId: string) =>
      await succeeded((await client.post<{ job: JobAnswer }>(`${base}/copies`, { storeId })).job);
    await copyInto(third.id);
    await shop.ssh.exec(["sh", "-c", `printf X | dd of='${filepath}' bs=1 seek=40 conv=notrunc`]);
    const { warnings } = await copyInto(store.id);
    expect(warnings).toEqual([expect.stringMatching(`^Read from ${root} on .* in ${shop.root} on`)]);
    const { items } = await client.get<{ items: CopyAnswer[] }>(`${base}/copies`);
    expect(items.map(({ status }) => status)).toEqual(["completed", "completed"]);
    const first = await client.get<CopyPage>(`${base}/copies?limit=1`);
    const rest = await client.get<CopyPage>(`${base}/copies?limit=1&cursor=${first.nextCursor}`);
    expect([...first.items, ...rest.items]).toEqual(items);
    expect(rest.nextCursor).toBe(null);
  });

  test("a copy of an archive that is damaged fails, says so, and leaves nothing", async () => {
    const backup = await shop.completed();
    await shop.ssh.exec(["sh", "-c", `printf X | dd of='${backup.filepath}' bs=1 seek=40 conv=notrunc`]);
    const base = `/api/resources/${shop.resource.id}/backups/${backup.id}/copies`;
    const before = await inBucket();
    const { job } = await client.post<{ job: JobAnswer }>(base, { storeId: store.id });
    expect(await client.ended(job.id)).toMatchObject({
      status: "failed",
      error: { code: "archive.damaged" },
    });
    const { items } = await client.get<{ items: CopyAnswer[] }>(base);
    expect(items).toMatchObject([{ status: "failed", filepath: null }]);
    expect((await inBucket()).split("\n").sort()).toEqual(before.split("\n").sort());
  });

  test("the secret key is in no answer and in no log", () => {
    expect(client.heard()).not.toContain(minio.secretKey);
    expect(client.heard()).not.toContain(JSON.stringify(minio.secretKey).slice(1, -1));
    expect(api.logged()).not.toContain(JSON.stringify(minio.secretKey).slice(1, -1));
  });
});
