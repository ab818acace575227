import { absentReason } from "@cofre/lab";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { eq } from "../db/orm.ts";
import { backups } from "../db/schema/backups.ts";
import { resourceHooks } from "../db/schema/resource-hooks.ts";
import { embedded } from "../testing/catalogues.ts";
import { doBackup } from "./backup.ts";
import { betweenHooks } from "./hooks.ts";
import { claimNext, endJob, takeOver } from "./lease.ts";
import { doRestore } from "./restore.ts";
import { type Held, hold } from "./running.ts";
import { takeArchive } from "./taking.ts";
import { type Client, clientOf } from "./testing/client.ts";
import { openShop, type Shop } from "./testing/shop.ts";
import { type StartedApi, startApi } from "./testing/start-api.ts";

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

const FAULT = { code: "dump.failed", message: "it broke", hint: null, context: {} } as const;

describe.skipIf(absentReason({ engine: "postgres", version: "15" }))("a run that was taken over", () => {
  let api: StartedApi;
  let client: Client;
  let shop: Shop;

  beforeAll(async () => {
    api = await startApi({ catalogue: await embedded.open(), works: false });
    client = clientOf(async (path, init) => api.app.request(path, init), api.apiKey);
    shop = await openShop(client);
  });
  afterAll(async () => {
    await api?.[Symbol.asyncDispose]();
    await shop?.[Symbol.asyncDispose]();
  });

  async function claimed() {
    const worker = { workerId: "the first", now: new Date(), perServer: 2 };
    const job = await claimNext(api.deps.db, worker);
    if (job === undefined) throw new Error("the job was not claimed");
    return hold(api.deps, job);
  }

  async function takenOver() {
    const worker = { workerId: "the next", now: new Date(), perServer: 2 };
    const job = await takeOver(api.deps.db, worker, { anyLease: true, own: [] });
    if (job === undefined) throw new Error("the job was not taken over");
    return hold(api.deps, job);
  }

  async function ends({ running: { job, notes }, close }: Held, status: "succeeded" | "failed") {
    const end = { status, progress: await close(), finishedAt: new Date(), error: null, result: notes };
    await endJob(api.deps.db, job, end);
  }

  test("ends failed when its first attempt could not take a unit, and still takes the others", async () => {
    const { db } = api.deps;
    await shop.database.sql("create database side");
    const { backups: made } = await shop.backup({ units: ["side", "shop"] });
    const side = made.find(({ unit }) => unit === "side")?.id ?? "";
    await db.update(backups).set({ status: "failed", error: FAULT }).where(eq(backups.id, side));
    const held = await claimed();
    await expect(doBackup(held.running)).rejects.toMatchObject({
      code: "dump.failed",
      message: "1 of 2 backups failed; the first: it broke",
    });
    await ends(held, "failed");
    expect((await shop.backups()).map(({ unit, status }) => [unit, status]).toSorted()).toEqual([
      ["shop", "completed"],
      ["side", "failed"],
    ]);
  });

  test("confirms a switched restore although its archive is gone, and knows that the old data is kept", async () => {
    const { db } = api.deps;
    const backup = (await shop.backups()).find(({ unit }) => unit === "shop");
    if (backup === undefined) throw new Error("there is no backup");
    await shop.restore(backup.id, { safetyBackup: false });
    const first = await claimed();
    await doRestore(first.running);
    await first.close();
    // What lies beside it is gone, and the archive is on its way.
    const beside = [
      "find",
      `${shop.root}/databases`,
      "-type",
      "f",
      "!",
      "-name",
      "*.zst",
      "-delete",
    ] as const;
    await shop.ssh.exec(beside);
    await db.update(backups).set({ removedReason: "manual" }).where(eq(backups.id, backup.id));
    const next = await takenOver();
    await doRestore(next.running);
    expect(next.running.notes).toMatchObject({ keptOld: true });
    await ends(next, "succeeded");
  });

  test("owes the command after the backup, and does not give the one before again", async () => {
    const { db, reach } = api.deps;
    const hooks = { before: "echo stopped >> /tmp/acts", after: "echo started >> /tmp/acts" };
    await client.put(`/api/resources/${shop.resource.id}/hooks`, hooks);
    const acts = async () => (await shop.database.exec(["cat", "/tmp/acts"])).stdout.toString();
    const { backups: made } = await shop.backup();
    const [id = ""] = made.map((backup) => backup.id);
    const held = await claimed();
    const { running, detach, close } = held;
    const reached = await reach.resource(shop.resource.id, {
      tag: running.job.id,
      signal: running.work.signal,
    });
    const dying = betweenHooks(running, reached, async () => {
      const [row] = await db.select().from(backups).where(eq(backups.id, id));
      if (row === undefined) throw new Error("there is no backup");
      await takeArchive(running, { reached, store: await reach.store(row.storeId), units: [] }, row);
      detach();
      running.work.signal.throwIfAborted();
    });
    await expect(dying).rejects.toMatchObject({ code: "job.interrupted" });
    await close();
    const taken = async () => (await shop.backups()).filter((backup) => backup.id === id);
    expect(await taken()).toMatchObject([{ unit: "shop", status: "completed" }]);
    expect(await acts()).toBe("stopped\n");

    const before = await shop.backups();
    const next = await takenOver();
    await doBackup(next.running);
    await next.close();
    expect(await acts()).toBe("stopped\nstarted\n");
    expect(await shop.backups()).toHaveLength(before.length);
    expect(await db.select().from(resourceHooks)).toMatchObject([{ owedByJob: null }]);
  });
});
