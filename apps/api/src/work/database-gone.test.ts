import { setTimeout as sleep } from "node:timers/promises";
import {
  absentReason,
  type FaultyTcpProxy,
  faultyTcpProxy,
  type StartedPostgres,
  startPostgres,
} from "@cofre/lab";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type BackupAnswer, type Client, clientOf, type JobAnswer } from "./testing/client.ts";
import { openShop, type Shop, stall, untilStalled } from "./testing/shop.ts";
import { type StartedApi, startApi } from "./testing/start-api.ts";

vi.setConfig({ testTimeout: 900_000, hookTimeout: 900_000 });

describe.skipIf(absentReason({ engine: "postgres", version: "18" }))(
  "Cofre on a PostgreSQL of its own",
  () => {
    let catalogue: StartedPostgres;
    let link: FaultyTcpProxy;
    let api: StartedApi;
    let client: Client;
    let shop: Shop;

    beforeAll(async () => {
      catalogue = await startPostgres("18", { password: "cofre" });
      link = await faultyTcpProxy({ target: catalogue });
      const databaseUrl = `postgres://${catalogue.user}:cofre@${link.host}:${link.port}/${catalogue.database}`;
      api = await startApi({ databaseUrl });
      client = clientOf(async (path, init) => api.app.request(path, init), api.apiKey);
      shop = await openShop(client);
      await shop.database.sql("create table orders as select n from generate_series(1, 1000) n");
    });
    afterAll(async () => {
      link?.restore();
      await api?.[Symbol.asyncDispose]();
      await shop?.[Symbol.asyncDispose]();
      await link?.[Symbol.asyncDispose]();
      await catalogue?.[Symbol.asyncDispose]();
    });

    test("takes a backup and restores it", async () => {
      const backup = await shop.completed();
      await shop.database.sql("delete from orders");
      const { job } = await shop.restore(backup.id);
      expect(await client.ended(job.id)).toMatchObject({ status: "succeeded", error: null });
      expect(await shop.database.sql("select count(*) from orders")).toBe("1000");
    });

    test("loses nothing when that database is gone for longer than a lease, and the job ends while it is away", async () => {
      await using held = await stall(shop.database);
      const take = async () => {
        const answer = await client.raw(`/api/resources/${shop.resource.id}/backups`, {
          method: "POST",
          body: JSON.stringify({ units: ["shop"] }),
          headers: { "content-type": "application/json", "idempotency-key": "gone", prefer: "wait=20" },
        });
        expect(answer.status).toBe(202);
        // checked: it answered 202
        return (await answer.json()) as { job: JobAnswer; backups: BackupAnswer[] };
      };
      const asked = take();
      await untilStalled(shop.database);
      const gone = Date.now();
      link.refuse();
      // Nobody can tell how it stands now, but that it was begun is told.
      const { job, backups } = await asked;
      await held.release();
      await sleep(Math.max(15_000, gone + 45_000 - Date.now()));
      link.restore();
      expect(await client.ended(job.id)).toMatchObject({ status: "succeeded", error: null });
      // Whoever lost the answer meanwhile and asks again gets the same job, and how it ended.
      expect((await take()).job).toMatchObject({ id: job.id, status: "succeeded" });
      const taken = (await shop.backups()).filter(({ id }) => backups.some((one) => one.id === id));
      expect(taken).toMatchObject([{ status: "completed" }]);
      const files = await shop.files();
      expect(files.filter((path) => path.endsWith(".dump.zst"))).toHaveLength(
        (await shop.backups()).filter(({ status }) => status === "completed").length,
      );
      expect(files.filter((path) => /\.cofre\/|\.partial$/.test(path))).toEqual([]);
      // And it goes on taking jobs.
      await shop.completed();
    });
  },
);
