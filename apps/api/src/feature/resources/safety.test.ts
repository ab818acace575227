import { afterAll, beforeAll, expect, test } from "vitest";
import { newId } from "../../db/columns.ts";
import { eq } from "../../db/orm.ts";
import { backupCopies } from "../../db/schema/backup-copies.ts";
import { backups } from "../../db/schema/backups.ts";
import { schedules } from "../../db/schema/schedules.ts";
import { stores } from "../../db/schema/stores.ts";
import { embedded } from "../../testing/catalogues.ts";
import { type Client, clientOf } from "../../work/testing/client.ts";
import { paperResources } from "../../work/testing/rows.ts";
import { type StartedApi, startApi } from "../../work/testing/start-api.ts";

let api: StartedApi;
let client: Client;

beforeAll(async () => {
  api = await startApi({ works: false, catalogue: await embedded.open() });
  client = clientOf(async (path, init) => api.app.request(path, init), api.apiKey);
});
afterAll(() => api[Symbol.asyncDispose]());

/** A resource with a schedule, whose one backup rests in the first store of its own server. */
async function scheduled() {
  const { db } = api.deps;
  const [resource, elsewhere] = [
    ...(await paperResources(api.deps, 1)),
    ...(await paperResources(api.deps, 1)),
  ];
  if (resource === undefined || elsewhere === undefined) throw new Error("no rows");
  const { organizationId, projectId, serverId, id: resourceId } = resource;
  const [own] = await db.select().from(stores).where(eq(stores.serverId, serverId));
  const [other] = await db.select().from(stores).where(eq(stores.serverId, elsewhere.serverId));
  const [beside] = await db
    .insert(stores)
    .values({ organizationId, name: "beside", kind: "directory", serverId, root: "/opt/beside" })
    .returning();
  if (own === undefined || other === undefined || beside === undefined) throw new Error("no stores");
  const daily = { preset: "daily", at: "03:00", timeZone: "UTC", keepLast: 7 } as const;
  await db.insert(schedules).values({ organizationId, resourceId, enabled: true, ...daily });
  const backupId = newId();
  await db.insert(backups).values({
    ...{ id: backupId, organizationId, projectId, resourceId, storeId: own.id, runId: newId() },
    ...{ origin: "schedule", type: "database", engine: "postgres", unit: "shop", status: "completed" },
    ...{ sha256: "0", sizeBytes: 1, storeKey: newId(), completedAt: new Date() },
  });
  const path = `/api/projects/${projectId}/resources/${resourceId}`;
  return {
    ...{ organizationId, backupId, other, beside },
    safety: async () => (await client.get<{ safety: { state: string; step: string } }>(path)).safety,
  };
}

const verified = () => ({
  ...{ status: "completed" as const, storeKey: newId(), manifest: {}, verifiedAt: new Date() },
});

test("a backup that would be lost with its server protects nothing until a verified copy rests elsewhere", async () => {
  const { db } = api.deps;
  const { organizationId, backupId, other, beside, safety } = await scheduled();
  const localOnly = { state: "local-only", step: "keep-a-copy-elsewhere" };
  expect(await safety()).toMatchObject(localOnly);
  await db.insert(backupCopies).values({ organizationId, backupId, storeId: beside.id, ...verified() });
  expect(await safety()).toMatchObject(localOnly);
  const copy = { id: newId(), organizationId, backupId, storeId: other.id };
  await db.insert(backupCopies).values({ ...copy, status: "running" });
  expect(await safety()).toMatchObject(localOnly);
  await db.update(backupCopies).set(verified()).where(eq(backupCopies.id, copy.id));
  expect(await safety()).toMatchObject({ state: "protected", step: "none" });
});

test("a backup that is damaged where it rests elsewhere is as safe as its copy", async () => {
  const { db } = api.deps;
  const { organizationId, backupId, other, beside, safety } = await scheduled();
  await db.update(backups).set({ storeId: other.id }).where(eq(backups.id, backupId));
  await db.insert(backupCopies).values({ organizationId, backupId, storeId: beside.id, ...verified() });
  expect(await safety()).toMatchObject({ state: "protected" });
  const fault = {
    code: "archive.damaged",
    message: "it has another digest",
    hint: null,
    context: {},
  } as const;
  const validation = { depth: "readable", ok: true, at: new Date().toISOString(), fault } as const;
  await db.update(backups).set({ validation }).where(eq(backups.id, backupId));
  expect(await safety()).toMatchObject({ state: "local-only" });
});
