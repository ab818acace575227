import { absentReason, type StartedS3, startMinio } from "@cofre/lab";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { newId } from "../db/columns.ts";
import { eq } from "../db/orm.ts";
import { bucketSyncs } from "../db/schema/bucket-syncs.ts";
import { jobs } from "../db/schema/jobs.ts";
import { servers } from "../db/schema/servers.ts";
import { stores } from "../db/schema/stores.ts";
import type { SyncView } from "../feature/sync/view.ts";
import { embedded } from "../testing/catalogues.ts";
import { orderSyncs } from "./sync-orders.ts";
import { type Client, clientOf, type JobAnswer, type ResourceAnswer } from "./testing/client.ts";
import { defaultProject } from "./testing/on-lab.ts";
import { type StartedApi, startApi } from "./testing/start-api.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const needs = { engine: "minio", version: "RELEASE.2025-09-07T16-13-09Z" } as const;
const HOUR_MS = 3_600_000;

describe.skipIf(absentReason(needs))("the sync of a resource's buckets", () => {
  let api: StartedApi;
  let client: Client;
  let minio: StartedS3;
  let line: string;
  let resource: ResourceAnswer;

  beforeAll(async () => {
    minio = await startMinio();
    api = await startApi({ catalogue: await embedded.open() });
    client = clientOf(async (path, init) => api.app.request(path, init), api.apiKey);
    await minio.exec(["sh", "-c", "mkdir -p /data/shop /data/archives"]);
    const { organizationId } = api.deps.installation;
    const serverId = newId();
    await api.deps.db.insert(servers).values({ id: serverId, organizationId, name: "here", kind: "local" });
    await api.deps.db
      .insert(stores)
      .values({ organizationId, name: "here", kind: "directory", serverId, root: "/nowhere" });
    const projectId = await defaultProject(client);
    const body = { name: "files", type: "minio", serverId, containerId: minio.name, config: {} };
    resource = await client.post<ResourceAnswer>(`/api/projects/${projectId}/resources`, body);
    line = `/api/resources/${resource.id}/sync`;
  });
  afterAll(async () => {
    await api?.[Symbol.asyncDispose]();
    await minio?.[Symbol.asyncDispose]();
  });

  const sync = (more: object = {}) => ({
    enabled: true,
    buckets: ["shop"],
    destination: {
      endpoint: minio.endpoint,
      accessKey: minio.accessKey,
      secretKey: minio.secretKey,
      bucket: "mirror",
    },
    cron: "0 * * * *",
    timeZone: "UTC",
    ...more,
  });
  const run = async (): Promise<JobAnswer> => {
    const { job } = await client.post<{ job: JobAnswer }>(line);
    return await client.ended(job.id);
  };
  const objects = async (folder: string): Promise<string> =>
    (await minio.exec(["sh", "-c", `cd /data/${folder} && find . -name xl.meta | sort`])).stdout.toString();
  const put = async (key: string) => {
    const answer = await client.raw(
      `/api/resources/${resource.id}/minio/object?bucket=shop&key=${encodeURIComponent(key)}`,
      { method: "PUT", body: `content of ${key}` },
    );
    expect(answer.status).toBe(201);
  };
  const report = async () => (await client.get<SyncView>(line)).report;

  test("is off until somebody saves where it goes, and never shows or keeps its secret in clear", async () => {
    expect(await client.get<SyncView>(line)).toMatchObject({
      enabled: false,
      destination: null,
      report: null,
    });
    await expect(client.post(line)).rejects.toMatchObject({ status: 409 });
    await expect(client.put(line, sync({ destination: {} }))).rejects.toMatchObject({
      problem: { code: "input.invalid" },
    });
    const saved = await client.put<SyncView>(line, sync());
    expect(saved.nextRuns).toHaveLength(5);
    expect(saved.destination).toMatchObject({ secretKey: { set: true }, bucket: "mirror", storeId: null });
    const [row] = await api.deps.db.select().from(bucketSyncs);
    expect(JSON.stringify(row)).not.toContain(JSON.stringify(minio.secretKey).slice(1, -1));
    expect(client.heard()).not.toContain(JSON.stringify(minio.secretKey).slice(1, -1));
    const { secretKey: _, ...known } = sync().destination;
    expect(await client.put<SyncView>(line, sync({ destination: known }))).toMatchObject({ enabled: true });
    const elsewhere = { ...known, endpoint: "http://192.0.2.1:9000" };
    await expect(client.put(line, sync({ destination: elsewhere }))).rejects.toMatchObject({
      problem: { code: "input.invalid" },
    });
  });

  test("runs when it is asked to, and tells what differed", async () => {
    for (const key of ["a", "b", "deep/c"]) await put(key);
    expect(await run()).toMatchObject({ status: "succeeded", error: null, warnings: [] });
    expect(await report()).toMatchObject({ objects: 3, copied: 3, unsettled: 0, error: null });
    expect(await objects("mirror")).toBe("./shop/a/xl.meta\n./shop/b/xl.meta\n./shop/deep/c/xl.meta\n");
    await put("new");
    await minio.exec(["rm", "-r", "/data/shop/a"]);
    await run();
    expect(await report()).toMatchObject({
      ...{ objects: 3, copied: 1, deleted: 0, unsettled: 1 },
      differing: [
        { key: "shop/a", why: "extra", isSettled: false },
        { key: "shop/new", why: "missing", isSettled: true },
      ],
    });
    await client.put(line, sync({ deletions: "mirror" }));
    await run();
    expect(await report()).toMatchObject({ copied: 0, deleted: 1, unsettled: 0 });
    expect(await objects("mirror")).not.toContain("shop/a/");
  });

  test("comes due by its schedule, once for all the runs that were missed, and never twice at once", async () => {
    const runs = async () => await api.deps.db.select().from(jobs).where(eq(jobs.kind, "sync"));
    const before = (await runs()).length;
    const later = (hours: number) => ({
      ...api.deps,
      now: () => new Date(Date.now() + hours * HOUR_MS),
    });
    await orderSyncs(later(0));
    expect((await runs()).length).toBe(before);
    await Promise.all([orderSyncs(later(30)), orderSyncs(later(30))]);
    expect((await runs()).length).toBe(before + 1);
    await orderSyncs(later(32));
    const after = await runs();
    expect(after.length).toBe(before + 1);
    const ordered = after.find((job) => job.requestedBy.kind === "schedule");
    expect(await client.ended(ordered?.id ?? "")).toMatchObject({ status: "succeeded" });
  });

  test("goes into an S3 store, and says so when that store is no more", async () => {
    const { bucket: _, ...s3 } = sync().destination;
    const store = await client.post<{ id: string }>("/api/stores", {
      name: "a bucket",
      kind: "s3",
      s3: { ...s3, bucket: "archives", prefix: "cofre" },
    });
    const saved = await client.put<SyncView>(line, sync({ destination: { storeId: store.id } }));
    expect(saved.destination).toMatchObject({ storeName: "a bucket", bucket: "archives" });
    expect(await run()).toMatchObject({ status: "succeeded" });
    expect(await objects("archives")).toContain("cofre/mirrors/files/shop/deep/c/");
    await client.remove(`/api/stores/${store.id}`);
    expect(await run()).toMatchObject({ status: "failed", error: { code: "state.conflict" } });
    expect(await report()).toMatchObject({ error: { code: "state.conflict" } });
  });
});
