import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { absentReason, type FaultyTcpProxy, faultyTcpProxy, sshServer } from "@cofre/lab";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { BackupAnswer } from "./testing/client.ts";
import { type MainProcess, mainProcess } from "./testing/main-process.ts";
import { openShop, type Shop } from "./testing/shop.ts";
import { startApi } from "./testing/start-api.ts";

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

describe.skipIf(absentReason({ engine: "postgres", version: "15" }))("a removal that was cut", () => {
  let dataDir: string;
  let link: FaultyTcpProxy;
  let cofre: MainProcess;
  let shop: Shop;

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), "cofre-removal-"));
    const masterKey = randomBytes(32).toString("hex");
    const first = await startApi({ dataDir, masterKey, works: false });
    await first.close();
    cofre = mainProcess({ dataDir, masterKey });
    await cofre.start();
    link = await faultyTcpProxy({ target: sshServer("docker") });
    shop = await openShop(cofre.client, { address: link });
    await shop.database.sql("create table orders as select n from generate_series(1, 10) n");
  });
  afterAll(async () => {
    link?.restore();
    await cofre?.[Symbol.asyncDispose]();
    await shop?.[Symbol.asyncDispose]();
    await link?.[Symbol.asyncDispose]();
    await rm(dataDir, { recursive: true, force: true });
  });

  type Shown = BackupAnswer & { readonly deleting: boolean };

  test("by kill -9 shows what still has bytes, offers it to nobody, and is finished by the next start", async () => {
    const { id, filepath } = await shop.completed();
    const path = `/api/resources/${shop.resource.id}/backups/${id}`;
    link.blackhole();
    const removing = cofre.client.remove(path).catch(() => undefined);
    while (!(await cofre.client.get<Shown>(path)).deleting) await sleep(50);
    await expect(cofre.client.post(`${path}/restore`)).rejects.toThrow("being deleted");
    await cofre.kill();
    await removing;
    expect(await shop.files()).toContain(filepath);

    link.restore();
    await cofre.start();
    await expect.poll(() => shop.backups(), { timeout: 60_000 }).toEqual([]);
    expect(await shop.files()).toEqual([]);
  });
});
