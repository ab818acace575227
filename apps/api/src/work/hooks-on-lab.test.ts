import { absentReason } from "@cofre/lab";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { embedded } from "../testing/catalogues.ts";
import { type Client, clientOf, type JobAnswer } from "./testing/client.ts";
import { openShop, type Shop } from "./testing/shop.ts";
import { type StartedApi, startApi } from "./testing/start-api.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

describe.skipIf(absentReason({ engine: "postgres", version: "15" }))("commands around a backup", () => {
  let api: StartedApi;
  let client: Client;
  let shop: Shop;

  beforeAll(async () => {
    api = await startApi({ catalogue: await embedded.open() });
    client = clientOf(async (path, init) => api.app.request(path, init), api.apiKey);
    shop = await openShop(client);
  });
  afterAll(async () => {
    await api?.[Symbol.asyncDispose]();
    await shop?.[Symbol.asyncDispose]();
  });

  async function backedUpWith(hooks: object): Promise<JobAnswer> {
    await client.put(`/api/resources/${shop.resource.id}/hooks`, hooks);
    const { job } = await shop.backup();
    return await client.ended(job.id);
  }

  async function inside(line: string): Promise<string> {
    const { stdout } = await shop.database.exec(["sh", "-c", line]);
    return stdout.toString().trim();
  }

  test("they run inside the container, around the dump, as they were saved", async () => {
    const hooks = {
      before: "echo before > /tmp/hooked",
      after: "cat /tmp/hooked > /tmp/seen; rm /tmp/hooked",
    };
    expect(await backedUpWith(hooks)).toMatchObject({ status: "succeeded" });
    expect(await inside("cat /tmp/seen; ls /tmp/hooked 2>&1 || true")).toMatch(/^before\n.*No such file/);
    expect(await client.get(`/api/resources/${shop.resource.id}/hooks`)).toMatchObject({
      ...hooks,
      timeoutSeconds: 60,
    });
  });

  test("one that fails before leaves no backup, says its words, and the one after still runs", async () => {
    const taken = (await shop.backups()).filter(({ status }) => status === "completed").length;
    const job = await backedUpWith({ before: "echo 'queue is busy' >&2; exit 3", after: "touch /tmp/after" });
    expect(job).toMatchObject({ status: "failed", error: { code: "hook.failed" } });
    expect(job.error?.message).toMatch(/the command before the backup of shop ended with 3: queue is busy/);
    expect(await inside("ls /tmp/after && rm /tmp/after")).toBe("/tmp/after");
    const [newest, ...older] = await shop.backups();
    expect(newest).toMatchObject({ status: "failed", error: { code: "hook.failed" } });
    expect(older.filter(({ status }) => status === "completed")).toHaveLength(taken);
  });

  test("one that fails after fails the job, and the whole backup is kept", async () => {
    const job = await backedUpWith({ after: "exit 7" });
    expect(job).toMatchObject({ status: "failed", error: { code: "hook.failed" } });
    expect(job.error?.hint).toMatch(/backups that were taken are whole/);
    expect((await shop.backups())[0]).toMatchObject({ status: "completed" });
  });

  test("one that hangs is stopped in its time, and nothing of it runs on", async () => {
    const job = await backedUpWith({ before: "sleep 300", timeoutSeconds: 2 });
    expect(job).toMatchObject({ status: "failed", error: { code: "hook.failed" } });
    expect(job.error?.message).toMatch(/took longer than 2 s and was stopped/);
    expect(await shop.inside()).toBe("");
  });
});
