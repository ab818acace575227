import { temporaryFolder } from "@cofre/core/testing";
import { expect, test } from "vitest";
import { newId } from "../db/columns.ts";
import { eq } from "../db/orm.ts";
import { backups } from "../db/schema/backups.ts";
import { jobs } from "../db/schema/jobs.ts";
import { servers } from "../db/schema/servers.ts";
import { stores } from "../db/schema/stores.ts";
import { embedded } from "../testing/catalogues.ts";
import { sweepServers } from "./abandoned.ts";
import { paperResources } from "./testing/rows.ts";
import { startApi } from "./testing/start-api.ts";

test("what runs where an archive rests is left alone while a job of another server reads it, and swept after", async () => {
  await using folder = await temporaryFolder();
  await using api = await startApi({ works: false, catalogue: await embedded.open() });
  const { db, reach, installation } = api.deps;
  const [resource] = await paperResources(api.deps, 1);
  if (resource === undefined) throw new Error("no resource");
  // Nobody answers there, and it is not asked.
  await db.delete(stores);
  const { organizationId, projectId, id: resourceId } = resource;
  const [serverId, storeId, backupId, jobId] = [newId(), newId(), newId(), newId()];
  const here = { organizationId, name: "here" };
  await db.insert(servers).values({ ...here, id: serverId, kind: "local" });
  await db.insert(stores).values({ ...here, id: storeId, kind: "directory", serverId, root: folder.path });
  await db.insert(backups).values({
    ...{ id: backupId, organizationId, projectId, resourceId, storeId, runId: newId() },
    ...{ origin: "manual", type: "database", engine: "postgres", unit: "shop", status: "completed" },
    ...{ sha256: "0", sizeBytes: 1, storeKey: newId(), completedAt: new Date() },
  });
  await db.insert(jobs).values({
    ...{ id: jobId, organizationId, projectId, resourceId, serverId: resource.serverId },
    ...{ kind: "validate", status: "running", backupIds: [backupId] },
    request: { kind: "validate", backupId, depth: "intact" },
    requestedBy: { kind: "system", id: null, name: "a test" },
  });
  const server = await reach.server(serverId);
  const journals = `${folder.path}/.cofre/jobs`;
  const owner = installation.id;
  await server.jobs.start({ id: jobId, owner, journals, stages: [{ argv: ["sleep", "60"] }] });
  const left = async () => (await server.jobs.list(journals, owner)).map(({ id, state }) => [id, state]);

  await sweepServers(api.deps);
  expect(await left()).toEqual([[jobId, "running"]]);

  await db.update(jobs).set({ status: "succeeded", finishedAt: new Date() }).where(eq(jobs.id, jobId));
  await sweepServers(api.deps);
  expect(await left()).toEqual([]);
});
