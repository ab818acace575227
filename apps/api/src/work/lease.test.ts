import { setTimeout as sleep } from "node:timers/promises";
import { absentReason, type StartedPostgres, startPostgres } from "@cofre/lab";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { eq } from "../db/orm.ts";
import { backups } from "../db/schema/backups.ts";
import { jobs } from "../db/schema/jobs.ts";
import { schedules } from "../db/schema/schedules.ts";
import type { ResourceRow } from "../reach/reach.ts";
import { tick } from "../scheduler/tick.ts";
import { embedded } from "../testing/catalogues.ts";
import { claimNext, endJob, giveBack, LEASE_MS, mine, renew, takeOver } from "./lease.ts";
import type { JobOrder, JobRow } from "./queue-contract.ts";
import { paperResources } from "./testing/rows.ts";
import { type StartedApi, startApi } from "./testing/start-api.ts";

interface Variant {
  readonly name: string;
  readonly absent: string | null;
  readonly start: () => Promise<{ readonly api: StartedApi; readonly database?: StartedPostgres }>;
}

let clock = new Date();
const now = () => clock;

const VARIANTS: readonly Variant[] = [
  {
    name: "the embedded database",
    absent: null,
    start: async () => ({ api: await startApi({ works: false, now, catalogue: await embedded.open() }) }),
  },
  {
    name: "PostgreSQL",
    absent: absentReason({ engine: "postgres", version: "18" }),
    start: async () => {
      const database = await startPostgres("18", { password: "cofre" });
      const { host, port, user, password, database: name } = database;
      const databaseUrl = `postgres://${user}:${password}@${host}:${port}/${name}`;
      return { database, api: await startApi({ works: false, now, databaseUrl }) };
    },
  },
];

for (const variant of VARIANTS) {
  describe.skipIf(variant.absent)(`jobs on ${variant.name}`, () => {
    let api: StartedApi;
    let database: StartedPostgres | undefined;
    let shelf: readonly ResourceRow[] = [];
    const db = () => api.deps.db;

    beforeAll(async () => {
      ({ api, database } = await variant.start());
    });
    afterAll(async () => {
      await api?.[Symbol.asyncDispose]();
      await database?.[Symbol.asyncDispose]();
    });
    beforeEach(async () => {
      clock = new Date();
      await db().delete(backups);
      await db().delete(jobs);
      shelf = await paperResources(api.deps, 4);
    });

    const order = (n: number, kind: JobOrder["kind"] = "backup"): JobOrder => {
      const resource = shelf[n];
      if (resource === undefined) throw new Error("no such resource");
      return {
        organizationId: resource.organizationId,
        projectId: resource.projectId,
        serverId: resource.serverId,
        resourceId: resource.id,
        kind,
        backupIds: [],
        request: { kind: "delete", backupIds: [], reason: "a test" },
        requestedBy: { kind: "system", id: null, name: "a test" },
      };
    };
    const enqueue = (n: number, kind?: JobOrder["kind"]) =>
      db().transaction((tx) => api.deps.queue.enqueue(tx, order(n, kind)));
    const claim = (workerId = "one", perServer = 10) => claimNext(db(), { workerId, now: clock, perServer });
    const end = (job: JobRow) =>
      endJob(db(), job, { status: "succeeded", finishedAt: clock, error: null, result: null });

    test("a job and its message are there together or not at all", async () => {
      await expect(
        db().transaction(async (tx) => {
          await api.deps.queue.enqueue(tx, order(0));
          throw new Error("the caller changed its mind");
        }),
      ).rejects.toThrow("the caller changed its mind");
      expect(await db().select().from(jobs)).toEqual([]);
      const before = await messages(api);
      await enqueue(0);
      expect(await messages(api)).toBe(before + 1);
    });

    test("one job per resource at a time: the second waits for the first", async () => {
      const first = await enqueue(0);
      const second = await enqueue(0);
      expect((await claim())?.id).toBe(first.id);
      expect(await claim()).toBeUndefined();
      const [running] = await db().select().from(jobs).where(eq(jobs.id, first.id));
      if (running === undefined) throw new Error("the job is gone");
      expect(await end(running)).toBe(true);
      expect((await claim())?.id).toBe(second.id);
    });

    test("a restore or delete that finds its resource busy is refused with the other job's id", async () => {
      const first = await enqueue(0);
      await expect(enqueue(0, "restore")).rejects.toMatchObject({
        code: "resource.busy",
        context: { jobId: first.id },
      });
      await expect(enqueue(0, "delete")).rejects.toMatchObject({ code: "resource.busy" });
      await expect(enqueue(1, "restore")).resolves.toMatchObject({ status: "queued" });
    });

    test("a server has its own limit, by all workers together", async () => {
      for (const n of [0, 1, 2, 3]) await enqueue(n);
      expect(await claim("one", 2)).toBeDefined();
      expect(await claim("two", 2)).toBeDefined();
      expect(await claim("three", 2)).toBeUndefined();
    });

    test("however many wait for their resource or their server, they keep no other job waiting", async () => {
      shelf = [...shelf, ...(await paperResources(api.deps, 1))];
      const crowd = (n: number) =>
        db()
          .insert(jobs)
          .values(Array.from({ length: 101 }, () => order(n)));
      const first = await enqueue(0);
      expect((await claim())?.id).toBe(first.id);
      await crowd(0);
      const behind = await enqueue(1);
      expect((await claim())?.id).toBe(behind.id);
      await crowd(2);
      const elsewhere = await enqueue(4);
      expect((await claim("two", 2))?.id).toBe(elsewhere.id);
      expect(await claim("three", 2)).toBeUndefined();
    });

    // The embedded database has one session, in which no two claims are ever under way.
    test.skipIf(variant.absent !== null || variant.name !== "PostgreSQL")(
      "a server's limit holds although two workers claim at the same moment",
      async () => {
        await enqueue(0);
        let second: Promise<JobRow | undefined> | undefined;
        await db().transaction(async (tx) => {
          const claiming = { workerId: "one", now: clock, perServer: 1 };
          expect(await claimNext(tx, claiming)).toBeDefined();
          await enqueue(1);
          second = claim("two", 1);
          await Promise.race([second, sleep(500)]);
        });
        expect(await second).toBeUndefined();
      },
    );

    test("workers that claim at once never get the same job", async () => {
      for (const n of [0, 1, 2, 3]) await enqueue(n);
      const claimed = await Promise.all(["a", "b", "c", "d", "e"].map((worker) => claim(worker)));
      const ids = claimed.flatMap((job) => (job === undefined ? [] : [job.id]));
      expect(new Set(ids).size).toBe(ids.length);
      for (let job = await claim("f"); job !== undefined; job = await claim("f")) ids.push(job.id);
      expect(new Set(ids).size).toBe(4);
    });

    test("a job whose worker is silent is taken over, and the old worker can write no more", async () => {
      await enqueue(0);
      const lost = await claim("one");
      if (lost === undefined) throw new Error("nothing was claimed");
      const claiming = { workerId: "two", now: clock, perServer: 10 };
      expect(await takeOver(db(), claiming, { anyLease: false, own: [] })).toBeUndefined();
      clock = new Date(clock.getTime() + LEASE_MS + 1);
      const taken = await takeOver(db(), { ...claiming, now: clock }, { anyLease: false, own: [] });
      expect(taken).toMatchObject({ id: lost.id, attempt: 2, workerId: "two" });
      expect(await renew(db(), lost, clock)).toBeUndefined();
      expect(await end(lost)).toBe(false);
      expect(await db().update(jobs).set({ phase: "storing" }).where(mine(lost)).returning()).toEqual([]);
      if (taken !== undefined) expect(await end(taken)).toBe(true);
    });

    test("a worker does not take over what it works on itself", async () => {
      await enqueue(0);
      const job = await claim("one");
      if (job === undefined) throw new Error("nothing was claimed");
      // The catalogue was away for longer than a lease.
      clock = new Date(clock.getTime() + LEASE_MS + 1);
      const claiming = { workerId: "one", now: clock, perServer: 10 };
      expect(await takeOver(db(), claiming, { anyLease: false, own: [job.id] })).toBeUndefined();
      expect(await renew(db(), job, clock)).toEqual({ cancelRequested: false });
    });

    test("a renewed lease is not taken over", async () => {
      await enqueue(0);
      const job = await claim("one");
      if (job === undefined) throw new Error("nothing was claimed");
      clock = new Date(clock.getTime() + LEASE_MS - 1000);
      expect(await renew(db(), job, clock)).toEqual({ cancelRequested: false });
      clock = new Date(clock.getTime() + LEASE_MS - 1000);
      const claiming = { workerId: "two", now: clock, perServer: 10 };
      expect(await takeOver(db(), claiming, { anyLease: false, own: [] })).toBeUndefined();
    });

    test("a worker that stops in peace gives its jobs to the next at once", async () => {
      await enqueue(0);
      const job = await claim("one");
      if (job === undefined) throw new Error("nothing was claimed");
      await giveBack(db(), [job], clock);
      const claiming = { workerId: "two", now: clock, perServer: 10 };
      const taken = await takeOver(db(), claiming, { anyLease: false, own: [] });
      expect(taken).toMatchObject({ id: job.id, attempt: 2 });
      // Too late, and so without any effect.
      await giveBack(db(), [job], clock);
      const [row] = await db().select().from(jobs).where(eq(jobs.id, job.id));
      expect(row).toMatchObject({ workerId: "two", attempt: 2 });
    });

    test("each due run is ordered once although several processes look at the same moment", async () => {
      const nextRunAt = new Date(Math.floor(clock.getTime() / 60_000) * 60_000);
      const rule = { enabled: true, cron: "* * * * *", timeZone: "UTC", keepLast: 7, nextRunAt };
      const due = shelf.map(({ id, organizationId }) => ({ ...rule, organizationId, resourceId: id }));
      await db().insert(schedules).values(due);
      const all = await Promise.all([tick(api.deps), tick(api.deps), tick(api.deps)]);
      expect(all.flat()).toHaveLength(shelf.length);
      const ordered = await db().select().from(jobs).orderBy(jobs.resourceId);
      expect(ordered.map(({ resourceId }) => resourceId)).toEqual(shelf.map(({ id }) => id).toSorted());
      expect(await db().select().from(backups)).toHaveLength(shelf.length);
    });

    test("a queued job is cancelled at once, a running one is asked to stop", async () => {
      const [running, queued] = [await enqueue(0), await enqueue(1)];
      await claim();
      expect(await api.deps.queue.cancel(queued)).toMatchObject({ status: "cancelled" });
      const asked = await api.deps.queue.cancel(running);
      expect(asked).toMatchObject({ status: "running" });
      expect(asked.cancelRequestedAt).not.toBeNull();
    });
  });
}

async function messages(api: StartedApi): Promise<number> {
  const { rows } = await api.deps.catalogue.sql.query("select count(*)::int as count from cofre_queue.job");
  return Number(rows[0]?.count);
}
