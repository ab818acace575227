import { afterAll, beforeAll, expect, test } from "vitest";
import { newId } from "../db/columns.ts";
import { eq } from "../db/orm.ts";
import { backups } from "../db/schema/backups.ts";
import { resources } from "../db/schema/resources.ts";
import { schedules } from "../db/schema/schedules.ts";
import { servers } from "../db/schema/servers.ts";
import { stores } from "../db/schema/stores.ts";
import { embedded } from "../testing/catalogues.ts";
import { mergeFound } from "./scan-resources.ts";
import { paperResources } from "./testing/rows.ts";
import { type StartedApi, startApi } from "./testing/start-api.ts";

let api: StartedApi;
let clock = new Date();

beforeAll(async () => {
  api = await startApi({ works: false, now: () => clock, catalogue: await embedded.open() });
});
afterAll(() => api[Symbol.asyncDispose]());

test("a container that vanished is forgotten once no redeploy brings it back, unless somebody would miss it", async () => {
  const { deps } = api;
  const { db } = deps;
  const [plain, failed, kept, scheduled, edited, named, added] = await paperResources(deps, 7);
  if (!plain || !failed || !kept || !scheduled || !edited || !named || !added) throw new Error("no rows");
  const { organizationId, projectId, serverId } = plain;
  const [store] = await db.select().from(stores).where(eq(stores.serverId, serverId));
  const backup = (resourceId: string) => ({
    ...{ organizationId, projectId, resourceId, storeId: store?.id ?? "", runId: newId() },
    ...({ origin: "manual", type: "database", engine: "postgres", unit: "shop" } as const),
  });
  await db.insert(backups).values([
    { ...backup(failed.id), status: "failed" },
    { ...backup(kept.id), status: "completed", sha256: "0", sizeBytes: 1, storeKey: "k", completedAt: clock },
  ]);
  await db.insert(schedules).values({
    organizationId,
    resourceId: scheduled.id,
    enabled: false,
    preset: "daily",
    at: "03:00",
    timeZone: "UTC",
    keepLast: 7,
  });
  const change = (id: string, set: Partial<typeof resources.$inferInsert>) =>
    db.update(resources).set(set).where(eq(resources.id, id));
  await change(edited.id, { editedFields: ["password"] });
  await change(named.id, { externalId: "theirs" });
  await change(added.id, { detected: false });
  const [server] = await db.select().from(servers).where(eq(servers.id, serverId));
  if (server === undefined) throw new Error("no server");

  const left = async () => {
    await mergeFound(deps, server, { found: [], containers: async () => [] });
    const rows = await db
      .select()
      .from(resources)
      .where(eq(resources.serverId, serverId))
      .orderBy(resources.id);
    expect(new Set(rows.map((row) => row.status))).toEqual(new Set(["missing"]));
    return rows.map((row) => row.id);
  };
  expect(await left()).toHaveLength(7);
  clock = new Date(clock.getTime() + 16 * 60_000);
  expect(await left()).toEqual([kept, scheduled, edited, named, added].map((row) => row.id).toSorted());
});
