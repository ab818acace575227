import { absentReason } from "@cofre/lab";
import { eq } from "drizzle-orm";
import { describe, expect, test, vi } from "vitest";
import { backups } from "../db/schema/backups.ts";
import { resourceHooks } from "../db/schema/resource-hooks.ts";
import { embedded } from "../testing/catalogues.ts";
import { doBackup } from "./backup.ts";
import { betweenHooks } from "./hooks.ts";
import { claimNext, takeOver } from "./lease.ts";
import { hold } from "./running.ts";
import { takeArchive } from "./taking.ts";
import { clientOf } from "./testing/client.ts";
import { openShop } from "./testing/shop.ts";
import { startApi } from "./testing/start-api.ts";

vi.setConfig({ testTimeout: 300_000 });

const FAULT = { code: "dump.failed", message: "it broke", hint: null, context: {} } as const;

describe.skipIf(absentReason({ engine: "postgres", version: "15" }))("a run that was taken over", () => {
  test("ends failed when its first attempt could not take a unit, and still takes the others", async () => {
    await using api = await startApi({ catalogue: await embedded.open(), works: false });
    const { db } = api.deps;
    const client = clientOf(async (path, init) => api.app.request(path, init), api.apiKey);
    await using shop = await openShop(client);
    await shop.database.sql("create database side");
    const { backups: made } = await shop.backup({ units: ["side", "shop"] });
    const side = made.find(({ unit }) => unit === "side")?.id ?? "";
    await db.update(backups).set({ status: "failed", error: FAULT }).where(eq(backups.id, side));
    const job = await claimNext(db, { workerId: "the next", now: new Date(), perServer: 2 });
    if (job === undefined) throw new Error("the job was not claimed");
    const { running, close } = hold(api.deps, job);
    await expect(doBackup(running)).rejects.toMatchObject({
      code: "dump.failed",
      message: "1 of 2 backups failed; the first: it broke",
    });
    await close();
    expect((await shop.backups()).map(({ unit, status }) => [unit, status]).toSorted()).toEqual([
      ["shop", "completed"],
      ["side", "failed"],
    ]);
  });

  test("owes the command after the backup, and does not give the one before again", async () => {
    await using api = await startApi({ catalogue: await embedded.open(), works: false });
    const { db, reach } = api.deps;
    const client = clientOf(async (path, init) => api.app.request(path, init), api.apiKey);
    await using shop = await openShop(client);
    const hooks = { before: "echo stopped >> /tmp/acts", after: "echo started >> /tmp/acts" };
    await client.put(`/api/resources/${shop.resource.id}/hooks`, hooks);
    const acts = async () => (await shop.database.exec(["cat", "/tmp/acts"])).stdout.toString();
    await shop.backup();
    const worker = (workerId: string) => ({ workerId, now: new Date(), perServer: 2 });
    const job = await claimNext(db, worker("the first"));
    if (job === undefined) throw new Error("the job was not claimed");
    const { running, detach, close } = hold(api.deps, job);
    const reached = await reach.resource(shop.resource.id, { tag: job.id, signal: running.work.signal });
    const dying = betweenHooks(running, reached, async () => {
      const [row] = await db.select().from(backups);
      if (row === undefined) throw new Error("there is no backup");
      await takeArchive(running, { reached, store: await reach.store(row.storeId), units: [] }, row);
      detach();
      running.work.signal.throwIfAborted();
    });
    await expect(dying).rejects.toMatchObject({ code: "job.interrupted" });
    await close();
    expect(await shop.backups()).toMatchObject([{ unit: "shop", status: "completed" }]);
    expect(await acts()).toBe("stopped\n");

    const again = await takeOver(db, worker("the next"), { anyLease: true, own: [] });
    if (again === undefined) throw new Error("the job was not taken over");
    const next = hold(api.deps, again);
    await doBackup(next.running);
    await next.close();
    expect(await acts()).toBe("stopped\nstarted\n");
    expect(await shop.backups()).toHaveLength(1);
    expect(await db.select().from(resourceHooks)).toMatchObject([{ owedByJob: null }]);
  });
});
