import { absentReason, startPostgres } from "@cofre/lab";
import { expect, test } from "vitest";
import { containerHost } from "../host/container.ts";
import { createLocalServer } from "../host/local.ts";
import { postgres } from "./postgres.ts";
import { logIn } from "./postgres-session.ts";
import { isServerWorking } from "./postgres-working.ts";

const absent = absentReason({ engine: "postgres", version: "18" });
const tag = "0123456789abcdef0123456789abcdef";

test.skipIf(absent !== null)(
  "a session that works is a sign of life, one that waits for a lock is none",
  async () => {
    await using container = await startPostgres("18");
    await using server = createLocalServer();
    const box = { client: ["docker"], container: container.name } as const;
    const { user: username, password, database } = container;
    const target = postgres.configSchema.parse({ port: 5432, username, password, database });
    const signal = AbortSignal.timeout(50_000);
    const entered = await logIn({ host: containerHost(server, box), server, target, tag, signal }, [
      database,
    ]);
    await container.sql("create table held (x int)");
    expect(await isServerWorking(entered)).toBe(false);

    const run = (statement: string) =>
      container.sql(`set application_name = 'cofre:${tag}.load'; ${statement}`).catch(() => undefined);
    const end = () =>
      container.sql(
        "select count(pg_terminate_backend(pid)) from pg_stat_activity where pid <> pg_backend_pid() and query ~ 'held|pg_sleep'",
      );
    const busy = run("select pg_sleep(600)");
    await expect.poll(() => isServerWorking(entered), { timeout: 30_000 }).toBe(true);
    await end();
    await busy;

    const holder = container.sql("begin; lock table held; select pg_sleep(600)").catch(() => undefined);
    const held = "select count(*) from pg_locks where relation = 'held'::regclass and granted";
    await expect.poll(() => container.sql(held), { timeout: 30_000 }).toBe("1");
    const waiting = run("select * from held");
    const waits = "select count(*) from pg_stat_activity where wait_event_type = 'Lock'";
    await expect.poll(() => container.sql(waits), { timeout: 30_000 }).toBe("1");
    expect(await isServerWorking(entered)).toBe(false);
    await end();
    await Promise.all([holder, waiting]);
  },
  180_000,
);
