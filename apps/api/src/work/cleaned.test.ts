import { Fault } from "@cofre/core/model";
import { expect, test } from "vitest";
import { eq } from "../db/orm.ts";
import { resources } from "../db/schema/resources.ts";
import { restConfig } from "../reach/resource-config.ts";
import { embedded } from "../testing/catalogues.ts";
import { claimNext } from "./lease.ts";
import { perform } from "./perform.ts";
import { hold } from "./running.ts";
import { KINDS } from "./start.ts";
import { failOpenRow } from "./taking.ts";
import { clientOf } from "./testing/client.ts";
import { paperResources } from "./testing/rows.ts";
import { startApi } from "./testing/start-api.ts";

const PASSWORD = "p@ss word/42";

test("a password that a tool printed is in no job, no backup and no answer", async () => {
  await using api = await startApi({ works: false, catalogue: await embedded.open() });
  const { deps } = api;
  const client = clientOf(async (path, init) => api.app.request(path, init), api.apiKey);
  const [resource] = await paperResources(deps, 1);
  if (resource === undefined) throw new Error("no resource");
  const engine = { secretFields: ["password"] };
  const config = restConfig({ sealer: deps.sealer, engine, resourceId: resource.id }, { password: PASSWORD });
  await deps.db.update(resources).set(config).where(eq(resources.id, resource.id));
  const { backups } = await client.post<{ backups: { id: string }[] }>(
    `/api/resources/${resource.id}/backups`,
  );
  const job = await claimNext(deps.db, { workerId: "one", now: new Date(), perServer: 1 });
  if (job === undefined) throw new Error("nothing was claimed");
  const said = `connecting to postgres://shop:${encodeURIComponent(PASSWORD)}@db with ${PASSWORD} failed`;
  const fail = async () => {
    const fault = new Fault("dump.failed", said, { hint: said, context: { stderr: said } });
    await failOpenRow(held.running, backups[0]?.id ?? "", fault);
    throw fault;
  };
  const held = hold(deps, job);
  const kinds = { ...KINDS, backup: fail };
  await perform(deps, { held, job }, { kinds, isClosing: () => false });
  const told = await client.get<{ error: { message: string; tail: string } }>(`/api/jobs/${job.id}`);
  expect(told.error.message).toBe("connecting to postgres://shop:[secret]@db with [secret] failed");
  expect(told.error.tail).toBe(told.error.message);
  await client.get(`/api/resources/${resource.id}/backups`);
  const dumped = JSON.stringify((await deps.catalogue.sql.query("select * from jobs, backups")).rows);
  expect(dumped).toContain("with [secret] failed");
  for (const text of [client.heard(), dumped]) {
    expect(text).not.toContain(PASSWORD);
    expect(text).not.toContain(encodeURIComponent(PASSWORD));
  }
});
