import { randomBytes } from "node:crypto";
import { absentReason, type FaultyTcpProxy, faultyTcpProxy, sshServer, startPostgres } from "@cofre/lab";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { newId } from "../db/columns.ts";
import { eq } from "../db/orm.ts";
import { backups } from "../db/schema/backups.ts";
import { resources } from "../db/schema/resources.ts";
import { servers } from "../db/schema/servers.ts";
import { stores } from "../db/schema/stores.ts";
import type { Deps } from "../deps.ts";
import type { ResourceRow } from "../reach/reach.ts";
import { embedded } from "../testing/catalogues.ts";
import { inspectResource } from "./inspect.ts";
import { scanServer } from "./scan.ts";
import { type Client, clientOf, type ResourceAnswer } from "./testing/client.ts";
import { defaultProject } from "./testing/on-lab.ts";
import { type StartedApi, startApi } from "./testing/start-api.ts";

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

describe.skipIf(absentReason({ ssh: "docker" }))("a scan", () => {
  let api: StartedApi;
  let client: Client;
  let link: FaultyTcpProxy;
  let serverId: string;
  const compose = `loja-${randomBytes(4).toString("hex")}`;
  const labels = { "com.docker.compose.project": compose, "com.docker.compose.service": "db" };

  beforeAll(async () => {
    api = await startApi({ catalogue: await embedded.open(), works: false });
    client = clientOf(async (path, init) => api.app.request(path, init), api.apiKey);
    const ssh = sshServer("docker");
    link = await faultyTcpProxy({ target: { host: ssh.host, port: ssh.port } });
    const address = { host: link.host, port: link.port };
    const added = await client.post<{ id: string }>("/api/servers", {
      ...address,
      name: "web-1",
      // Outside the docker group, with sudo: as servers are met.
      user: "deploy",
      auth: { privateKey: ssh.key("ed25519").privateKey },
      hostKey: await client.call<object>("servers.hostKey", address),
      backupRoot: "/tmp/cofre-scan",
      test: false,
    });
    serverId = added.id;
  });
  afterAll(async () => {
    await api?.[Symbol.asyncDispose]();
    await link?.[Symbol.asyncDispose]();
  });

  const scan = () => scanServer(api.deps, serverId);
  const ours = () => api.deps.db.select().from(resources).where(eq(resources.serverId, serverId));
  const inContainer = async (name: string) => {
    const [row] = await api.deps.db.select().from(resources).where(eq(resources.containerName, name));
    if (row === undefined) throw new Error(`no resource lives in ${name}`);
    return row;
  };

  test("finds a container as its user can, seals its password, and follows it through a redeploy", async () => {
    const project = await client.post<{ id: string }>("/api/projects", {
      name: compose,
      selector: { servers: [], labels: { "com.docker.compose.project": compose } },
    });
    let password: string;
    let id: string;
    {
      await using database = await startPostgres("15", { labels });
      ({ password } = database);
      expect(await scan()).toMatchObject({ found: expect.any(Number) });
      const [server] = await api.deps.db.select().from(servers).where(eq(servers.id, serverId));
      expect(server).toMatchObject({ status: "online", dockerClient: "sudo -n docker", statusFault: null });
      expect(server?.diskTotalBytes).toBeGreaterThan(0);
      const row = await inContainer(database.name);
      expect(row).toMatchObject({
        projectId: project.id,
        engine: "postgres",
        status: "running",
        detected: true,
        secretFields: ["password"],
        containerId: database.id,
      });
      expect(JSON.stringify(await ours())).not.toContain(JSON.stringify(password).slice(1, -1));
      id = row.id;
      const inspection = await inspectResource(api.deps, id);
      expect(inspection.units.map(({ name }) => name)).toContain("shop");
      expect(await inContainer(database.name)).toMatchObject({
        version: inspection.version,
        inspectFault: null,
      });
    }
    expect((await scan()).missing).toBeGreaterThan(0);
    const gone = await client.get<ResourceAnswer>(`/api/projects/${project.id}/resources/${id}`);
    expect(gone).toMatchObject({ status: "missing", safety: { state: expect.any(String) } });

    await using again = await startPostgres("15", { labels });
    await scan();
    expect(await inContainer(again.name)).toMatchObject({ id, status: "running", containerId: again.id });
  });

  test("keeps what was edited or moved by hand, and does not bring back what was removed", async () => {
    const marked = { "com.example.shop": compose };
    await using database = await startPostgres("15", { labels: marked });
    await scan();
    const { id, projectId } = await inContainer(database.name);
    expect(projectId).toBe(await defaultProject(client));
    const projectsOfBackups = await keptBackup(api.deps, await inContainer(database.name));
    const selecting = await client.post<{ id: string }>("/api/projects", {
      name: "selecting",
      selector: { servers: [], labels: marked },
    });
    await scan();
    expect(await projectsOfBackups()).toEqual([selecting.id]);
    const path = `/api/projects/${selecting.id}/resources/${id}`;
    const other = await client.post<{ id: string }>("/api/projects", { name: "chosen" });
    await client.put(path, { config: { username: "somebody" }, moveTo: other.id, test: false });
    await scan();
    expect(await inContainer(database.name)).toMatchObject({
      id,
      projectId: other.id,
      config: { username: "somebody", database: "shop" },
    });
    await client.remove(`/api/projects/${other.id}/resources/${id}`);
    await scan();
    const inIt = (await ours()).filter(({ containerName }) => containerName === database.name);
    expect(inIt.map(({ removedAt }) => removedAt)).toEqual([expect.any(Date)]);
    expect(await projectsOfBackups()).toEqual([other.id]);
    await client.remove(`/api/projects/${selecting.id}`);
    await expect(client.remove(`/api/projects/${other.id}`)).rejects.toMatchObject({ status: 409 });
    const back = { name: "back", type: "postgres", serverId, containerId: database.name, test: false };
    await client.post(`/api/projects/${projectId}/resources`, back);
    expect(await projectsOfBackups()).toEqual([projectId]);
    await client.remove(`/api/projects/${other.id}`);
  });

  test("a found container becomes the resource that a deploy manager adds, once and for one", async () => {
    await using database = await startPostgres("15", { labels: { "com.example.shop": `${compose}-added` } });
    await scan();
    const found = await inContainer(database.name);
    const { id: projectId } = await client.post<{ id: string }>("/api/projects", { name: "deployed" });
    const body = { name: "loja", type: "postgres", serverId, containerId: database.name, test: false };
    const put = (externalId: string) =>
      client.put(`/api/resources/by-external-id/${externalId}`, { ...body, projectId });
    const claims = await Promise.allSettled([put("app-1"), put("app-2")]);
    const refused = claims.filter(({ status }) => status === "rejected");
    expect(refused).toMatchObject([{ reason: { status: 409, problem: { code: "state.conflict" } } }]);
    const row = await inContainer(database.name);
    expect(row).toMatchObject({ id: found.id, slug: found.slug, name: "loja", projectId });
    await scan();
    expect(await inContainer(database.name)).toMatchObject({ name: "loja", externalId: row.externalId });

    await using other = await startPostgres("15");
    await scan();
    const { key } = await client.call<{ key: string }>("apiKeys.create", {
      ...{ name: "of one project", role: "admin", projectId },
    });
    const bound = clientOf(async (path, init) => api.app.request(path, init), key);
    const theirs = { ...body, containerId: other.name };
    await expect(bound.post(`/api/projects/${projectId}/resources`, theirs)).rejects.toMatchObject({
      status: 409,
      problem: { detail: "this container is a resource of another project" },
    });
  });

  test("tells replicas of one service apart, the same ones every time", async () => {
    const replicas = { ...labels, "com.docker.compose.service": "cache" };
    await using one = await startPostgres("15", { labels: replicas });
    await scan();
    const first = await inContainer(one.name);
    await using two = await startPostgres("15", { labels: replicas });
    for (let n = 0; n < 2; n += 1) {
      await scan();
      expect((await inContainer(one.name)).id).toBe(first.id);
      expect((await inContainer(two.name)).id).not.toBe(first.id);
    }
  });

  test("of a server out of reach says so, and leaves its containers unknown, not missing", async () => {
    await using database = await startPostgres("15");
    await scan();
    link.refuse();
    await expect(scan()).rejects.toMatchObject({ code: "server.unreachable" });
    const [server] = await api.deps.db.select().from(servers).where(eq(servers.id, serverId));
    expect(server).toMatchObject({ status: "offline", statusFault: { code: "server.unreachable" } });
    expect(await inContainer(database.name)).toMatchObject({ status: "unknown" });
    link.restore();
    await scan();
    expect(await inContainer(database.name)).toMatchObject({ status: "running" });
  });
});

/** A backup of a resource; resolves with what tells in which project it is. */
async function keptBackup({ db }: Deps, resource: ResourceRow): Promise<() => Promise<readonly string[]>> {
  const { organizationId, projectId, serverId, id: resourceId } = resource;
  const [store] = await db.select().from(stores).where(eq(stores.serverId, serverId));
  await db.insert(backups).values({
    ...{ organizationId, projectId, resourceId, storeId: store?.id ?? "", runId: newId() },
    ...{ origin: "manual", type: "database", engine: "postgres", unit: "shop", status: "completed" },
    ...{ sha256: "0", sizeBytes: 1, storeKey: newId(), completedAt: new Date() },
  });
  return async () => {
    const rows = await db.select().from(backups).where(eq(backups.resourceId, resourceId));
    return rows.map((row) => row.projectId);
  };
}
