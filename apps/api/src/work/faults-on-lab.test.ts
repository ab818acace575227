import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { absentReason } from "@cofre/lab";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { eq } from "../db/orm.ts";
import { auditEvents } from "../db/schema/audit-events.ts";
import { jobs } from "../db/schema/jobs.ts";
import { type Client, clientOf } from "./testing/client.ts";
import { openShop, type Shop, stall } from "./testing/shop.ts";
import { type StartedApi, startApi } from "./testing/start-api.ts";

vi.setConfig({ testTimeout: 900_000, hookTimeout: 900_000 });

/** Bytes that no codec makes smaller. */
const noise = (megabytes: number) =>
  `create extension if not exists pgcrypto; create table noise as select gen_random_bytes(1024) as bytes from generate_series(1, ${megabytes * 1024})`;

describe.skipIf(absentReason({ engine: "postgres", version: "18" }))(
  "jobs where something is in the way",
  () => {
    let api: StartedApi;
    let client: Client;
    let shop: Shop;

    beforeAll(async () => {
      // In a folder, to look for secrets in what it writes.
      api = await startApi();
      client = clientOf(async (path, init) => api.app.request(path, init), api.apiKey);
      // The whole disk has 20 MB.
      shop = await openShop(client, { version: "18", backupRoot: "/opt/small" });
      await shop.database.sql("create table orders as select n from generate_series(1, 1000) n");
    });
    afterAll(async () => {
      await api?.[Symbol.asyncDispose]();
      await shop?.[Symbol.asyncDispose]();
    });

    test("a disk that fills up is told with its sizes, nothing partial stays, and once there is room it goes", async () => {
      const small = await shop.completed();
      await shop.database.sql(noise(24));
      const { job, backups } = await shop.backup();
      const ended = await client.ended(job.id);
      expect(ended).toMatchObject({ status: "failed" });
      expect(["server.no-space", "store.no-space"]).toContain(ended.error?.code);
      // Stopped in time, or by the program's own words, whichever comes first on a disk as small as this.
      expect(ended.error?.message).toMatch(/\d+ of \d+ bytes (are )?free/);
      expect(ended.error).toMatchObject({ targetChanged: null });
      const files = await shop.files();
      expect(files.filter((path) => /\.cofre\/|\.partial$/.test(path))).toEqual([]);
      expect(files.filter((path) => path.endsWith(".dump.zst"))).toEqual([small.filepath]);
      expect((await shop.backups()).find(({ id }) => id === backups[0]?.id)).toMatchObject({
        status: "failed",
        filepath: null,
        sha256: null,
      });
      await shop.database.sql("drop table noise");
      await shop.completed();
    });

    const IS_DUMP = "application_name like 'cofre:%:dump'";

    /** A dump that stands still in its middle: its tables are on their way, and its large objects are held. */
    async function halfWay() {
      const { database } = shop;
      await database.sql(`drop table if exists noise; ${noise(12)}; select lo_from_bytea(0, 'large')`);
      const held = await stall(database, "pg_largeobject");
      const { job, backups } = await shop.backup();
      await client.until(job.id, ({ progress }) => progress.bytes > 0);
      const waits = `select count(*) from pg_stat_activity where ${IS_DUMP} and wait_event_type = 'Lock'`;
      while ((await database.sql(waits)) === "0") await sleep(100);
      return { held, jobId: job.id, backupId: backups[0]?.id };
    }

    interface Broken {
      readonly jobId: string;
      readonly backupId: string | undefined;
    }

    /** Failed, with no archive and no manifest; returns the fault with what the program said last. */
    async function failsClean({ jobId, backupId }: Broken, before: readonly string[]) {
      expect(await client.ended(jobId)).toMatchObject({ status: "failed", error: { code: "dump.failed" } });
      const row = (await shop.backups()).find(({ id }) => id === backupId);
      expect(row).toMatchObject({ status: "failed", filepath: null, sha256: null, size: null });
      expect((await shop.files()).toSorted()).toEqual(before);
      const [job] = await api.deps.db.select().from(jobs).where(eq(jobs.id, jobId));
      expect(job?.error?.hint).not.toBeNull();
      return job?.error?.context;
    }

    test("a dump program that dies half-way fails the job with its last words, and the same request succeeds", async () => {
      const before = (await shop.files()).toSorted();
      const killed = await halfWay();
      const kill =
        'cd /proc; for p in [0-9]*; do if [ "$(cat $p/comm)" = pg_dump ]; then kill -9 $p; fi; done';
      await shop.database.exec(["sh", "-c", kill], { user: "root" });
      expect(await failsClean(killed, before)).toMatchObject({
        codes: expect.stringContaining('"stage1":137'),
        stderr: expect.any(String),
      });
      expect(await shop.inside()).toBe("");
      await killed.held.release();

      const cut = await halfWay();
      await shop.database.sql(`select pg_terminate_backend(pid) from pg_stat_activity where ${IS_DUMP}`);
      const said = expect.stringContaining("terminating connection due to administrator command");
      expect(await failsClean(cut, before)).toMatchObject({ stderr: said });
      // The program's own words reach a person.
      expect(await client.ended(cut.jobId)).toMatchObject({ error: { tail: said, targetChanged: null } });
      expect(await shop.inside()).toBe("");
      await cut.held.release();
      await shop.database.sql("drop table noise");
      await shop.completed();
    });

    test("a container that is killed fails its backup, then is told as stopped, and once it runs the request succeeds", async () => {
      const before = (await shop.files()).toSorted();
      const broken = await halfWay();
      await shop.database.kill();
      await failsClean(broken, before);
      const { job } = await shop.backup();
      expect(await client.ended(job.id)).toMatchObject({
        status: "failed",
        error: { code: "target.missing" },
      });
      const { port } = await shop.database.start();
      await shop.database.ready(port);
      await shop.database.sql(
        "create table if not exists orders as select n from generate_series(1, 1000) n",
      );
      await shop.completed();
    });

    test("only the last ones are kept and what a restore is reading, and the audit tells why each of the others went", async () => {
      await client.put(`/api/resources/${shop.resource.id}/schedule`, {
        enabled: true,
        preset: "monthly",
        at: "03:00",
        timeZone: "UTC",
        keepLast: 2,
      });
      const old = [await shop.completed(), await shop.completed()];
      const { db, installation } = api.deps;
      const reading = await db
        .insert(jobs)
        .values({
          // Into some other resource, whose lock it holds.
          organizationId: installation.organizationId,
          kind: "restore",
          status: "running",
          workerId: "elsewhere",
          leaseUntil: new Date("2999-01-01T00:00:00Z"),
          backupIds: [old[0]?.id ?? ""],
          request: { kind: "delete", backupIds: [], reason: "a test" },
          requestedBy: { kind: "system", id: null, name: "a test" },
        })
        .returning();
      const taken = [...old.slice(1), await shop.completed()];
      const shown = (await shop.backups()).filter(({ status }) => status === "completed");
      expect(shown.map(({ id }) => id)).toContain(old[0]?.id);
      expect(await shop.files()).toContain(old[0]?.filepath);
      const all = `/api/projects/${shop.resource.projectId}/resources/${shop.resource.id}?backups=delete`;
      await expect(client.remove(all)).rejects.toMatchObject({ status: 423 });
      await db
        .update(jobs)
        .set({ status: "succeeded", finishedAt: new Date() })
        .where(eq(jobs.id, reading[0]?.id ?? ""));
      taken.push(await shop.completed());
      const kept = (await shop.backups()).filter(({ status }) => status === "completed");
      expect(kept.map(({ id }) => id)).toEqual(
        taken
          .slice(1)
          .toReversed()
          .map(({ id }) => id),
      );
      const archives = (await shop.files()).filter((path) => path.endsWith(".dump.zst"));
      expect(archives.toSorted()).toEqual(kept.map(({ filepath }) => filepath ?? "").toSorted());
      const events = await api.deps.db.select().from(auditEvents);
      expect(events.filter(({ action }) => action === "backups.expire beyond-rules").length).toBeGreaterThan(
        0,
      );

      const { decisions } = await client.call<{
        decisions: { keep: boolean; backupId: string; reason: string }[];
      }>("backups.cleanup", { keepLast: 1 });
      expect(decisions.filter(({ keep }) => !keep)).toMatchObject([
        { backupId: taken[1]?.id, reason: expect.stringContaining("number 2") },
      ]);
      expect((await shop.files()).filter((path) => path.endsWith(".dump.zst"))).toEqual([taken[2]?.filepath]);
    });

    test("no secret is in the data folder, the log, the answers, or the folder of the archives", async () => {
      const { ssh, database } = shop;
      const key = ssh.key("ed25519").privateKey.split("\n")[2] ?? "";
      expect(key.length).toBeGreaterThan(40);
      const secrets = [key, database.password, JSON.stringify(database.password).slice(1, -1), api.apiKey];
      const places: Record<string, string> = { log: api.logged(), answers: client.heard() };
      for (const file of await readdir(api.dataDir, { recursive: true, withFileTypes: true })) {
        const path = join(file.parentPath, file.name);
        // latin1: every byte is a character, so that nothing hides behind broken UTF-8.
        if (file.isFile()) places[path] = (await readFile(path)).toString("latin1");
      }
      const journals = await ssh.exec([
        "sh",
        "-c",
        `cat $(find ${shop.root} -type f ! -name '*.zst') /dev/null`,
      ]);
      places.archives = journals.stdout.toString("latin1");
      for (const [place, text] of Object.entries(places)) {
        for (const secret of secrets) {
          expect(text.includes(secret), `a secret is in ${place}`).toBe(false);
          expect(text.includes(Buffer.from(secret).toString("latin1")), `a secret is in ${place}`).toBe(
            false,
          );
        }
      }
    });
  },
);
