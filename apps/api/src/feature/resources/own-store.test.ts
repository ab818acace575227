import { randomBytes } from "node:crypto";
import { absentReason, sshServer } from "@cofre/lab";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { eq } from "../../db/orm.ts";
import { resources } from "../../db/schema/resources.ts";
import { embedded } from "../../testing/catalogues.ts";
import { doBackup } from "../../work/backup.ts";
import { claimNext } from "../../work/lease.ts";
import { hold } from "../../work/running.ts";
import { type Client, clientOf } from "../../work/testing/client.ts";
import { defaultProject } from "../../work/testing/on-lab.ts";
import { type StartedApi, startApi } from "../../work/testing/start-api.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

describe.skipIf(absentReason({ ssh: "docker" }))("a path that is to be backed up", () => {
  const ssh = sshServer("docker");
  const home = `/srv/own-store-${randomBytes(6).toString("hex")}`;
  const root = `${home}/backups`;
  let api: StartedApi;
  let client: Client;
  let serverId: string;
  let add: (name: string, path: string) => Promise<{ id: string; projectId: string }>;

  beforeAll(async () => {
    api = await startApi({ catalogue: await embedded.open(), works: false });
    client = clientOf(async (path, init) => api.app.request(path, init), api.apiKey);
    const { host, port } = ssh;
    const server = await client.post<{ id: string }>("/api/servers", {
      name: "web",
      host,
      port,
      user: "root",
      auth: { privateKey: ssh.key("ed25519").privateKey },
      hostKey: await client.call<object>("servers.hostKey", { host, port }),
      backupRoot: root,
      test: false,
    });
    serverId = server.id;
    const projectId = await defaultProject(client);
    add = (name, path) =>
      client.post(`/api/projects/${projectId}/resources`, {
        name,
        type: "files",
        serverId,
        config: { paths: [path] },
        test: false,
      });
    await ssh.exec(["mkdir", "-p", `${home}/site`, root]);
  });
  afterAll(async () => {
    await api?.[Symbol.asyncDispose]();
    await ssh.exec(["rm", "-rf", home]);
  });

  test.each([[home], [root], [`${root}/files/default`]])(
    "is refused as %s, where the server's backups rest, and both are named",
    async (path) => {
      const refusal = add("site", path);
      await expect(refusal).rejects.toMatchObject({ status: 409, problem: { code: "target.unsuitable" } });
      await expect(refusal).rejects.toThrow(path);
      await expect(refusal).rejects.toThrow(root);
    },
  );

  test("is refused by every door once it is so: its change, its backup, its schedule", async () => {
    const { id, projectId } = await add("site", `${home}/site`);
    const change = client.put(`/api/projects/${projectId}/resources/${id}`, {
      config: { paths: [home] },
      test: false,
    });
    await expect(change).rejects.toThrow("target.unsuitable");
    // As it was kept before anybody asked.
    await api.deps.db
      .update(resources)
      .set({ config: { paths: [home] } })
      .where(eq(resources.id, id));
    await expect(client.post(`/api/resources/${id}/backups`)).rejects.toThrow("target.unsuitable");
    const rule = { enabled: true, preset: "daily", at: "03:00", timeZone: "UTC", keepLast: 1 };
    await expect(client.put(`/api/resources/${id}/schedule`, rule)).rejects.toThrow("target.unsuitable");
  });

  test("is refused before the first byte when a link leads to the store's folder", async () => {
    await ssh.exec(["ln", "-s", home, `${home}/site/link`]);
    const { id } = await add("linked", `${home}/site/link/backups`);
    const { job } = await client.post<{ job: { id: string } }>(`/api/resources/${id}/backups`);
    const claimed = await claimNext(api.deps.db, { workerId: "w", now: new Date(), perServer: 1 });
    expect(claimed?.id).toBe(job.id);
    if (claimed === undefined) return;
    const held = hold(api.deps, claimed);
    await expect(doBackup(held.running)).rejects.toThrow("lie in each other");
    await held.close();
    const left = await ssh.exec(["find", root, "-type", "f"]);
    expect(left.stdout.toString()).toBe("");
  });
});
