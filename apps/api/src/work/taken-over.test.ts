import { absentReason } from "@cofre/lab";
import { eq } from "drizzle-orm";
import { describe, expect, test, vi } from "vitest";
import { backups } from "../db/schema/backups.ts";
import { embedded } from "../testing/catalogues.ts";
import { doBackup } from "./backup.ts";
import { claimNext } from "./lease.ts";
import { hold } from "./running.ts";
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
});
