import { setTimeout as sleep } from "node:timers/promises";
import { absentReason, startPostgres } from "@cofre/lab";
import postgres from "postgres";
import { expect, onTestFinished, test, vi } from "vitest";

const absent = absentReason({ engine: "postgres", version: "18" });

test.skipIf(absent !== null)(
  absent ??
    "a connection that is ended while the driver asks for types fails who waits for it, and nothing else",
  async () => {
    await using server = await startPostgres("18");
    const unhandled: unknown[] = [];
    const onUnhandled = (error: unknown) => void unhandled.push(error);
    process.on("unhandledRejection", onUnhandled);
    onTestFinished(() => void process.off("unhandledRejection", onUnhandled));
    const { host, port, user, password, database } = server;
    const to = { host, port, user, password, database, max: 1 };
    const holder = postgres(to);
    const client = postgres(to);
    await holder.begin(async (session) => {
      await session`lock table pg_catalog.pg_type in access exclusive mode`;
      const waiting = client`select 1`.catch((error: unknown) => error);
      const asking = async () => {
        await session`select pg_stat_clear_snapshot()`;
        return await session`select from pg_stat_activity where query ~ 'typarray' and wait_event_type = 'Lock'`;
      };
      await vi.waitUntil(async () => (await asking()).length === 1, { timeout: 20_000 });
      await client.end({ timeout: 0 });
      expect(await waiting).toMatchObject({ code: "CONNECTION_DESTROYED" });
    });
    await holder.end();
    await sleep(100);
    expect(unhandled).toEqual([]);
  },
);
