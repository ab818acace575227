import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { type SshServer, type StartedPostgres, sshServer, startPostgres } from "@cofre/lab";
import type { BackupAnswer, Client, JobAnswer, ResourceAnswer } from "./client.ts";
import { defaultProject } from "./on-lab.ts";

export interface ShopOptions {
  readonly version?: string;
  /** Where Cofre connects; the lab's server itself when not given. */
  readonly address?: { readonly host: string; readonly port: number };
  /** Parent of this shop's own folder. */
  readonly backupRoot?: string;
  readonly user?: string;
}

/** A customer: a database in a container on the lab's SSH server, added by hand, its archives in a folder of its own. */
export interface Shop extends AsyncDisposable {
  readonly database: StartedPostgres;
  readonly ssh: SshServer;
  readonly client: Client;
  readonly serverId: string;
  readonly resource: ResourceAnswer;
  readonly root: string;
  /** Every file below the root, journals and partial files too. */
  files(): Promise<readonly string[]>;
  /** What of Cofre runs in the database's container. */
  inside(): Promise<string>;
  backup(body?: object): Promise<{ readonly job: JobAnswer; readonly backups: readonly BackupAnswer[] }>;
  /** Taken to its end, which must be a good one. */
  completed(): Promise<BackupAnswer>;
  backups(): Promise<readonly BackupAnswer[]>;
  restore(
    backupId: string,
    body?: object,
  ): Promise<{ readonly job: JobAnswer; readonly safetyBackupId: string | null }>;
}

export async function openShop(client: Client, options: ShopOptions = {}): Promise<Shop> {
  const ssh = sshServer("docker");
  const database = await startPostgres(options.version ?? "15");
  const root = `${options.backupRoot ?? "/opt/backups"}/test-${randomBytes(6).toString("hex")}`;
  const { host, port } = options.address ?? ssh;
  const added = await client.post<{ id: string }>("/api/servers", {
    name: `web-${root.slice(-4)}`,
    host,
    port,
    user: options.user ?? "root",
    auth: { privateKey: ssh.key("ed25519").privateKey },
    hostKey: await client.call<object>("servers.hostKey", { host, port }),
    backupRoot: root,
    test: false,
  });
  const projectId = await defaultProject(client);
  const resource = await client.post<ResourceAnswer>(`/api/projects/${projectId}/resources`, {
    name: "shop",
    type: "postgres",
    serverId: added.id,
    containerId: database.name,
    test: false,
  });
  const base = `/api/resources/${resource.id}/backups`;
  const backup: Shop["backup"] = (body = { units: ["shop"] }) => client.post(base, body);
  return {
    database,
    ssh,
    client,
    serverId: added.id,
    resource,
    root,
    files: async () => {
      const found = await ssh.exec(["find", root, "-type", "f"]);
      return found.stdout
        .toString()
        .split("\n")
        .filter((path) => path !== "");
    },
    inside: async () => {
      const script = "grep -la COFRE_JOB= /proc/[0-9]*/environ 2>/dev/null; true";
      const found = await database.exec(["sh", "-c", script], { user: "postgres" });
      return found.stdout.toString();
    },
    backup,
    completed: async () => {
      const { job } = await backup();
      const ended = await client.ended(job.id);
      if (ended.status !== "succeeded")
        throw new Error(`the backup ${ended.status}: ${JSON.stringify(ended.error)}`);
      const [id] = ended.backupIds;
      return await client.get<BackupAnswer>(`${base}/${id}`);
    },
    backups: async () => (await client.get<{ items: BackupAnswer[] }>(base)).items,
    restore: (backupId, body = {}) => client.post(`${base}/${backupId}/restore`, body),
    [Symbol.asyncDispose]: async () => {
      await database[Symbol.asyncDispose]();
      await ssh.exec(["rm", "-rf", root]);
    },
  };
}

/** Keeps every reader of a table waiting until it is released: a job that meets it stands still, whatever the machine's speed. */
export interface Stall extends AsyncDisposable {
  release(): Promise<void>;
}

export async function stall(
  database: StartedPostgres,
  table = "orders",
  mode: "access exclusive" | "share" = "access exclusive",
): Promise<Stall> {
  const text = `set application_name = 'holder'; begin; lock table ${table} in ${mode} mode; select pg_sleep(600)`;
  const holding = database.sql(text).catch(() => undefined);
  const isHeld = `select count(*) from pg_stat_activity where application_name = 'holder' and wait_event = 'PgSleep'`;
  while ((await database.sql(isHeld)) !== "1") await sleep(50);
  const release = async () => {
    await database.sql(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'holder'`,
    );
    await holding;
  };
  return { release, [Symbol.asyncDispose]: release };
}

/** Until something waits for the table that is held. */
export async function untilStalled(database: StartedPostgres, withinMs = 600_000): Promise<void> {
  const waiting = `select count(*) from pg_stat_activity where wait_event_type = 'Lock'`;
  for (const end = Date.now() + withinMs; (await database.sql(waiting)) === "0"; await sleep(100)) {
    if (Date.now() > end) throw new Error("nothing came to wait for the table");
  }
}

/** What stands in the place of `pg_restore`. It says that it was reached, and waits there. */
const HELD_RESTORERS = {
  /** Where an archive is only to be read. */
  reading: 'case "$*" in */dev/null*) touch /tmp/reached; sleep 600 ;; esac; exec "$0.real" "$@"',
  /** Where everything is loaded, and its end is still to be told. */
  loaded: `"$0.real" "$@" || exit
case "$*" in *--dbname=*) touch /tmp/reached; until rm /tmp/go 2>/dev/null; do sleep 0.1; done ;; esac`,
} as const;

export interface HeldRestorer extends AsyncDisposable {
  /** Until one waits that was not told yet. */
  isReached(withinMs?: number): Promise<void>;
  /** The one that waits goes on to its end. */
  letGo(): Promise<void>;
}

export async function holdRestorer(
  database: StartedPostgres,
  where: keyof typeof HELD_RESTORERS,
): Promise<HeldRestorer> {
  const inside = async (line: string, ...words: readonly string[]) => {
    const script = `cd /usr/lib/postgresql/$PG_MAJOR/bin && ${line}`;
    const { stdout } = await database.exec(["sh", "-c", script, "sh", ...words], { user: "root" });
    return stdout.toString();
  };
  const replace = 'mv pg_restore pg_restore.real && printf %s "$1" > pg_restore && chmod 755 pg_restore';
  await inside(replace, `#!/bin/sh\n${HELD_RESTORERS[where]}\n`);
  return {
    isReached: async (withinMs = 60_000) => {
      const look = "if rm /tmp/reached 2>/dev/null; then echo yes; fi";
      for (const end = Date.now() + withinMs; (await inside(look)) === ""; await sleep(100)) {
        if (Date.now() > end) throw new Error("pg_restore was not reached");
      }
    },
    letGo: async () => {
      await inside("install -m 666 /dev/null /tmp/go");
    },
    [Symbol.asyncDispose]: async () => {
      await inside("mv pg_restore.real pg_restore");
    },
  };
}
