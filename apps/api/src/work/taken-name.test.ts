import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { newId } from "../db/columns.ts";
import { servers } from "../db/schema/servers.ts";
import { embedded } from "../testing/catalogues.ts";
import { type BackupAnswer, type Client, clientOf, type JobAnswer } from "./testing/client.ts";
import { defaultProject } from "./testing/on-lab.ts";
import { type StartedApi, startApi } from "./testing/start-api.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let api: StartedApi;
let client: Client;
let home: string;
let base: string;
let furtherId: string;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "cofre-names-"));
  api = await startApi({ catalogue: await embedded.open() });
  client = clientOf(async (path, init) => api.app.request(path, init), api.apiKey);
  const [serverId, { organizationId }] = [newId(), api.deps.installation];
  await api.deps.db.insert(servers).values({ id: serverId, organizationId, name: "here", kind: "local" });
  const store = { kind: "directory", serverId, test: false };
  await client.post("/api/stores", { ...store, name: "here", isDefault: true, root: join(home, "store") });
  const further = { ...store, name: "further", root: join(home, "further") };
  furtherId = (await client.post<{ id: string }>("/api/stores", further)).id;
  const paths = [join(home, "site")];
  await mkdir(join(home, "site"));
  await writeFile(join(home, "site", "page"), "what is written in it");
  const resource = await client.post<{ id: string }>(
    `/api/projects/${await defaultProject(client)}/resources`,
    {
      ...{ name: "site", type: "files", serverId, config: { paths }, test: false },
    },
  );
  base = `/api/resources/${resource.id}/backups`;
});
afterAll(async () => {
  await api?.[Symbol.asyncDispose]();
  await rm(home, { recursive: true, force: true });
});

async function done(path: string, body: object = {}): Promise<JobAnswer> {
  const { job } = await client.post<{ job: JobAnswer }>(path, body);
  const ended = await client.ended(job.id);
  expect(ended).toMatchObject({ status: "succeeded", error: null });
  return ended;
}

async function taken(body: object = {}): Promise<BackupAnswer> {
  const { backupIds } = await done(base, body);
  return await client.get<BackupAnswer>(`${base}/${backupIds[0]}`);
}

/** The archive of a copy in the further store. */
async function copied({ id }: BackupAnswer): Promise<string> {
  await done(`${base}/${id}/copies`, { storeId: furtherId });
  const { items } = await client.get<{ items: { filepath: string }[] }>(`${base}/${id}/copies`);
  return join(home, "further", items[0]?.filepath ?? "");
}

test("a copy whose file somebody deleted keeps its name: neither a backup nor a copy of the same minute gets it", async () => {
  const first = await taken();
  const lost = await copied(first);
  await rm(lost);
  const second = await taken({ store: furtherId });
  expect(second.filepath).not.toBe(lost);
  await rm(second.filepath ?? "");
  expect([lost, second.filepath]).not.toContain(await copied(await taken()));
  await client.remove(`${base}/${first.id}`);
});

test("a backup whose files somebody deleted keeps its name: the next of the same minute gets another", async () => {
  const first = await taken();
  await rm(first.filepath ?? "");
  const second = await taken();
  expect(second.filename).not.toBe(first.filename);
  expect(await client.get(`${base}/${first.id}`)).toMatchObject({ filename: first.filename });
  await client.remove(`${base}/${first.id}`);
  await done(`${base}/${second.id}/validate`);
});
