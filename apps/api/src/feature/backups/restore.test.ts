import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { absentReason, type StartedS3, startMinio } from "@cofre/lab";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { newId } from "../../db/columns.ts";
import { eq } from "../../db/orm.ts";
import { backups } from "../../db/schema/backups.ts";
import { servers } from "../../db/schema/servers.ts";
import { stores } from "../../db/schema/stores.ts";
import { embedded } from "../../testing/catalogues.ts";
import { type BackupAnswer, type Client, clientOf, type JobAnswer } from "../../work/testing/client.ts";
import { defaultProject } from "../../work/testing/on-lab.ts";
import { paperResources } from "../../work/testing/rows.ts";
import { type StartedApi, startApi } from "../../work/testing/start-api.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const needs = { engine: "minio", version: "RELEASE.2025-09-07T16-13-09Z" } as const;

interface Asked {
  readonly job: JobAnswer;
  readonly safetyBackupId: string | null;
}

describe.skipIf(absentReason(needs))("the restore of a bucket over what is there", () => {
  let api: StartedApi;
  let client: Client;
  let minio: StartedS3;
  let line: string;
  let backupId: string;
  let storeId: string;
  const serverId = newId();

  beforeAll(async () => {
    minio = await startMinio();
    api = await startApi({ catalogue: await embedded.open() });
    client = clientOf(async (path, init) => api.app.request(path, init), api.apiKey);
    await minio.exec(["mkdir", "-p", "/data/shop", "/data/archives"]);
    const { organizationId } = api.deps.installation;
    await api.deps.db.insert(servers).values({ id: serverId, organizationId, name: "here", kind: "local" });
    const nowhere = { organizationId, name: "here", kind: "directory", serverId, root: "/nowhere" } as const;
    await api.deps.db.insert(stores).values(nowhere);
    const { id } = await client.post<{ id: string }>(
      `/api/projects/${await defaultProject(client)}/resources`,
      { name: "files", type: "minio", serverId, containerId: minio.name, config: {} },
    );
    const { endpoint, accessKey, secretKey } = minio;
    const store = await client.post<{ id: string }>("/api/stores", {
      ...{ name: "a bucket", kind: "s3" },
      s3: { endpoint, accessKey, secretKey, bucket: "archives", prefix: "cofre" },
    });
    storeId = store.id;
    await client.put(`/api/resources/${id}/stores`, { storeId, copyStoreIds: null });
    line = `/api/resources/${id}`;
    for (const key of ["one", "two"]) await put(key, "as it was");
    const { job } = await client.post<{ job: JobAnswer }>(`${line}/backups`, { units: ["shop"] });
    const ended = await client.ended(job.id);
    expect(ended).toMatchObject({ status: "succeeded", error: null });
    backupId = ended.backupIds[0] ?? "";
  });
  afterAll(async () => {
    await api?.[Symbol.asyncDispose]();
    await minio?.[Symbol.asyncDispose]();
  });

  const object = (key: string) => `${line}/minio/object?bucket=shop&key=${key}`;
  const put = async (key: string, body: string) => {
    expect((await client.raw(object(key), { method: "PUT", body })).status).toBe(201);
  };
  const get = async (key: string) => {
    const answer = await client.raw(object(key));
    return answer.status === 200 ? await answer.text() : answer.status;
  };
  const contents = async () => [await get("one"), await get("two"), await get("since")];
  const restore = async (body: object) => {
    const answer = await client.post<Asked>(`${line}/backups/${backupId}/restore`, body);
    return { ...answer, job: await client.ended(answer.job.id) };
  };
  const change = async () => {
    await put("one", "changed");
    await put("since", "new");
    expect(await contents()).toEqual(["changed", "as it was", "new"]);
  };

  test("keeps what came since when it is merged, and takes it away when it is mirrored", async () => {
    await change();
    const merged = await restore({ mode: "merge", safetyBackup: false });
    expect(merged.job).toMatchObject({ status: "succeeded", error: null });
    expect(await contents()).toEqual(["as it was", "as it was", "new"]);
    await change();
    const mirrored = await restore({ mode: "mirror", safetyBackup: false });
    expect(mirrored.job).toMatchObject({ status: "succeeded", error: null });
    expect(await contents()).toEqual(["as it was", "as it was", 404]);
  });

  test("refuses what nobody knows, and what this kind of engine does not have", async () => {
    const invalid = { problem: { code: "input.invalid" } };
    await expect(restore({ mode: "sideways" })).rejects.toMatchObject(invalid);
    await expect(restore({ rights: false })).rejects.toMatchObject(invalid);
    const { db } = api.deps;
    const [database] = await paperResources(api.deps, 1);
    if (database === undefined) throw new Error("no rows");
    const { organizationId, projectId, serverId, id: resourceId } = database;
    const [store] = await db.select().from(stores).where(eq(stores.serverId, serverId));
    const id = newId();
    await db.insert(backups).values({
      ...{ id, organizationId, projectId, resourceId, storeId: store?.id ?? "", runId: newId() },
      ...{ origin: "manual", type: "database", engine: "postgres", unit: "shop", status: "completed" },
      ...{ sha256: "0", sizeBytes: 1, storeKey: newId(), completedAt: new Date(), units: [{ name: "shop" }] },
    });
    const path = `/api/resources/${resourceId}/backups/${id}/restore`;
    await expect(client.post(path, { mode: "merge" })).rejects.toMatchObject(invalid);
  });

  test("and one of files protects what is at the other path, and nothing where nothing is", async () => {
    const folder = await mkdtemp(join(tmpdir(), "cofre-files-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    const [own, other] = [join(folder, "own"), join(folder, "other")];
    for (const path of [own, other]) await mkdir(path);
    await writeFile(join(own, "a"), "own");
    await writeFile(join(other, "b.cache"), "other");
    const { id } = await client.post<{ id: string }>(
      `/api/projects/${await defaultProject(client)}/resources`,
      { name: "site", type: "files", serverId, config: { paths: [own], exclude: ["*.cache"] } },
    );
    await client.put(`/api/resources/${id}/stores`, { storeId, copyStoreIds: null });
    const base = `/api/resources/${id}/backups`;
    const taken = await client.ended((await client.post<{ job: JobAnswer }>(base)).job.id);
    await rm(own, { recursive: true });
    const into = async (destination: object) => {
      const path = `${base}/${taken.backupIds[0]}/restore`;
      const asked = await client.post<Asked>(path, { destination });
      const { status, warnings } = await client.ended(asked.job.id);
      const safety = await client.get<BackupAnswer>(`${base}/${asked.safetyBackupId}`);
      return { status, warnings, safety };
    };
    expect(await into({})).toMatchObject({
      status: "succeeded",
      warnings: expect.arrayContaining([`no safety backup was taken of ${own}, because it was not there`]),
      safety: { status: "cancelled" },
    });
    expect(await readFile(join(own, "a"), "utf8")).toBe("own");
    expect(await into({ path: other })).toMatchObject({
      status: "succeeded",
      safety: { status: "completed", units: [{ name: other, counts: { files: 1, bytes: 5 } }] },
    });
  });

  test("that fails half way names the safety backup that goes back", async () => {
    await change();
    // A file where the object's folder is to be: the other one is written, this one cannot be.
    await minio.exec(["sh", "-c", "rm -r /data/shop/two && touch /data/shop/two"]);
    const { job, safetyBackupId } = await restore({ mode: "mirror" });
    const safety = await client.get<BackupAnswer>(`${line}/backups/${safetyBackupId}`);
    expect(safety).toMatchObject({ status: "completed", origin: "safety" });
    expect(job).toMatchObject({ status: "failed" });
    expect(job.error?.message).toContain("may hold a part of the backup");
    expect(job.error).toMatchObject({ targetChanged: true, safetyBackupId });
    expect(job.error?.hint).toContain(`in the safety backup ${safety.filename}`);
    expect(await get("since")).toBe("new");
  });
});
