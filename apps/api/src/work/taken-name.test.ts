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

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "cofre-names-"));
  api = await startApi({ catalogue: await embedded.open() });
  client = clientOf(async (path, init) => api.app.request(path, init), api.apiKey);
  const [serverId, { organizationId }] = [newId(), api.deps.installation];
  await api.deps.db.insert(servers).values({ id: serverId, organizationId, name: "here", kind: "local" });
  await client.post("/api/stores", {
    ...{ name: "here", kind: "directory", serverId, isDefault: true, test: false },
    root: join(home, "store"),
  });
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

async function taken(): Promise<BackupAnswer> {
  const { job } = await client.post<{ job: JobAnswer }>(base);
  const ended = await client.ended(job.id);
  expect(ended).toMatchObject({ status: "succeeded", error: null });
  return await client.get<BackupAnswer>(`${base}/${ended.backupIds[0]}`);
}

test("a backup whose files somebody deleted keeps its name: the next of the same minute gets another", async () => {
  const first = await taken();
  await rm(first.filepath ?? "");
  const second = await taken();
  expect(second.filename).not.toBe(first.filename);
  expect(await client.get(`${base}/${first.id}`)).toMatchObject({ filename: first.filename });
  await client.remove(`${base}/${first.id}`);
  const { job } = await client.post<{ job: JobAnswer }>(`${base}/${second.id}/validate`);
  expect(await client.ended(job.id)).toMatchObject({ status: "succeeded", error: null });
});
