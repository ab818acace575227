import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { type StartedPostgres, sshServer, startPostgres } from "@cofre/lab";
import type { Cofre, Project, Resource } from "../src/index.ts";

/** A database in a container on the lab's SSH server, as one project's only resource. */
export interface StartedShop extends AsyncDisposable {
  readonly project: Project;
  readonly resource: Resource;
  readonly database: StartedPostgres;
  /** Holds every reader of the table `orders` back, until the returned function is called. */
  lock(): Promise<() => Promise<void>>;
}

const LABEL = "cofre.test";

export async function startShop(cofre: Cofre, slug = "shop"): Promise<StartedShop> {
  const token = randomBytes(6).toString("hex");
  const labels = { [LABEL]: token };
  const project = await cofre.projects.create.mutate({ name: slug, selector: { servers: [], labels } });
  const database = await startPostgres("15", { labels });
  await database.sql("create table orders as select n, md5(n::text) as code from generate_series(1, 5000) n");
  const root = `/opt/backups/sdk-${token}`;
  const serverId = await serverOf(cofre, root);
  await cofre.servers.scan.mutate({ id: serverId });
  const { items } = await cofre.resources.list.query({ projectId: project.id });
  const found = items.find((one) => one.containerName === database.name);
  if (found === undefined) throw new Error(`no resource lives in ${database.name}`);
  const at = { projectId: project.id, id: found.id };
  const resource = await cofre.resources.change.mutate({ ...at, name: "shop-db", test: false });
  return {
    project,
    resource,
    database,
    lock: () => lockOrders(database),
    [Symbol.asyncDispose]: async () => {
      await database[Symbol.asyncDispose]();
      await sshServer("docker").exec(["rm", "-rf", root]);
    },
  };
}

/** The lab's server that drives this machine's engine, added once, as a person would: its key shown, then confirmed. */
async function serverOf(cofre: Cofre, backupRoot: string): Promise<string> {
  const [there] = (await cofre.servers.list.query({})).items;
  if (there !== undefined) return there.id;
  const { host, port, key } = sshServer("docker");
  const hostKey = await cofre.servers.hostKey.mutate({ host, port });
  const auth = { privateKey: key("ed25519").privateKey };
  const server = { name: "web-1", host, port, user: "root", auth, hostKey, backupRoot };
  return (await cofre.servers.add.mutate(server)).id;
}

async function lockOrders(database: StartedPostgres): Promise<() => Promise<void>> {
  const locked = database.sql(
    "set application_name = 'test-lock'; begin; lock table orders in access exclusive mode; select pg_sleep(300)",
  );
  // Ended by us: it says so, and that is no failure of the test.
  locked.catch(() => undefined);
  const holds = "select count(*) from pg_locks where mode = 'AccessExclusiveLock' and granted";
  while ((await database.sql(`${holds} and relation = 'orders'::regclass`)) === "0") await sleep(50);
  return async () => {
    await database.sql(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'test-lock'",
    );
    await locked.catch(() => undefined);
  };
}
