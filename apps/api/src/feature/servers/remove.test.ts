import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { newId } from "../../db/columns.ts";
import { eq } from "../../db/orm.ts";
import { backups } from "../../db/schema/backups.ts";
import { resources } from "../../db/schema/resources.ts";
import { servers } from "../../db/schema/servers.ts";
import { stores } from "../../db/schema/stores.ts";
import type { ResourceRow } from "../../reach/reach.ts";
import { embedded } from "../../testing/catalogues.ts";
import { type Client, clientOf } from "../../work/testing/client.ts";
import { paperResources } from "../../work/testing/rows.ts";
import { type StartedApi, startApi } from "../../work/testing/start-api.ts";

let api: StartedApi;
let client: Client;
let kept: ResourceRow;
let bare: ResourceRow;

beforeAll(async () => {
  api = await startApi({ works: false, catalogue: await embedded.open() });
  client = clientOf(async (path, init) => api.app.request(path, init), api.apiKey);
});
afterAll(() => api[Symbol.asyncDispose]());
beforeEach(async () => {
  const { db } = api.deps;
  const [one, two] = await paperResources(api.deps, 2);
  if (one === undefined || two === undefined) throw new Error("no rows");
  [kept, bare] = [one, two];
  const { organizationId, projectId, serverId, id: resourceId } = kept;
  const [store] = await db.select().from(stores).where(eq(stores.serverId, serverId));
  await db.insert(backups).values({
    ...{ organizationId, projectId, resourceId, storeId: store?.id ?? "", runId: newId() },
    ...{ origin: "manual", type: "database", engine: "postgres", unit: "shop", status: "completed" },
    ...{ sha256: "0", sizeBytes: 1, storeKey: newId(), completedAt: new Date() },
  });
});

const remove = (query = "") => client.raw(`/api/servers/${kept.serverId}${query}`, { method: "DELETE" });
const shown = async (id: string) =>
  (await client.raw(`/api/projects/${kept.projectId}/resources/${id}`)).status;
const servedIds = async () =>
  (await client.get<{ items: { id: string }[] }>("/api/servers?limit=200")).items.map(({ id }) => id);

test("a server goes with what has no backup; what has some stays as missing, and the answer says so", async () => {
  const { db } = api.deps;
  await db.update(servers).set({ sealedAuth: "sealed" }).where(eq(servers.id, kept.serverId));
  const answer = await remove();
  expect(answer.status).toBe(200);
  expect(await answer.json()).toEqual({
    kept: [{ id: kept.id, projectId: kept.projectId, name: kept.name, backups: 1 }],
  });
  expect(await servedIds()).not.toContain(kept.serverId);
  expect(await shown(bare.id)).toBe(404);
  const path = `/api/projects/${kept.projectId}/resources/${kept.id}`;
  expect(await client.get(path)).toMatchObject({ status: "missing", safety: { state: "away" } });
  const list = await client.get<{ items: unknown[] }>(`/api/resources/${kept.id}/backups`);
  expect(list.items).toHaveLength(1);
  const [row] = await db.select().from(servers).where(eq(servers.id, kept.serverId));
  expect(row).toMatchObject({ status: "removed", sealedAuth: null });
  await expect(api.deps.reach.server(kept.serverId)).rejects.toThrow("was removed");
});

test("a server without any backup goes without a trace", async () => {
  await api.deps.db.delete(backups).where(eq(backups.resourceId, kept.id));
  expect((await remove()).status).toBe(204);
  expect(await api.deps.db.select().from(servers).where(eq(servers.id, kept.serverId))).toEqual([]);
  expect(await shown(bare.id)).toBe(404);
});

test("what was added by hand and has backups is named first, and nothing goes before somebody says so", async () => {
  await api.deps.db
    .update(resources)
    .set({ detected: false, name: "the shop's" })
    .where(eq(resources.id, kept.id));
  const refusal = await remove();
  expect(refusal.status).toBe(409);
  expect(await refusal.json()).toMatchObject({
    code: "state.conflict",
    detail: expect.stringContaining("the shop's"),
    hint: expect.stringContaining("resources=keep"),
  });
  expect(await shown(bare.id)).toBe(200);
  expect((await remove("?resources=keep")).status).toBe(200);
  expect(await shown(kept.id)).toBe(200);
  expect(await servedIds()).not.toContain(kept.serverId);
});

test("a server that is added again brings its resources and backups back", async () => {
  await remove();
  const hostKey = { algorithm: "ssh-ed25519", fingerprint: `SHA256:${"A".repeat(43)}` };
  const server = { name: "back", host: "192.0.2.1", port: 22, user: "nobody", hostKey, test: false };
  const removed = await api.deps.db.select().from(servers).where(eq(servers.status, "removed"));
  const back = await client.post<{ id: string }>("/api/servers", server);
  expect(removed.map(({ id }) => id)).toContain(back.id);
  expect(await servedIds()).toContain(back.id);
});
