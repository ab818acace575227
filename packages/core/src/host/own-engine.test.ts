import { absentReason, sshServer } from "@cofre/lab";
import { describe, expect, test } from "vitest";
import { Secret } from "../model/secret.ts";
import {
  connectLab,
  ENDLESS_QUERY,
  FIND_JOB,
  type JobTrial,
  SIGNAL_CLIENT,
  sshTrial,
} from "../testing/server-job-trial.ts";
import { containerHost } from "./container.ts";
import { findDocker } from "./docker.ts";

// All that is asked of this server's engine stands here, in order: one of the tests kills it.

/** When its container was started, and how often it was started again. */
const STARTED = "docker inspect -f '{{.State.StartedAt}} {{.RestartCount}}' pg-inner";
/** The engine is brought back as by a server's supervisor; it has stopped its containers, and this version leaves them so. */
const BRING_BACK = `i=0
until docker start pg-inner redis-inner && docker exec pg-inner pg_isready -q -h 127.0.0.1 -U app -d inner; do
  i=$((i + 1)); [ $i -lt 200 ] || exit 1; sleep 0.2
done > /dev/null 2>&1`;

describe.skipIf(absentReason({ ssh: "own" }) ?? absentReason({ ssh: "plain" }))(
  "a container engine of a server's own",
  () => {
    test.for([
      { user: "root", client: ["docker"] },
      { user: "grouped", client: ["docker"] },
      { user: "deploy", client: ["sudo", "-n", "docker"] },
    ])("is reached as the user $user can", async ({ user, client }) => {
      await using server = await connectLab("own", user);
      const docker = await findDocker(server);
      expect(docker?.client).toEqual(client);
      const names = (await docker?.list())?.map(({ name }) => name) ?? [];
      expect(names.sort()).toEqual(Object.keys(sshServer("own").inner ?? {}).sort());
    });

    test("is none for a user without the right, and none where it is not installed", async () => {
      await using outsider = await connectLab("own", "plain");
      await using bare = await connectLab("plain");
      expect(await findDocker(outsider)).toBeUndefined();
      expect(await findDocker(bare)).toBeUndefined();
    });

    test("tells what a container is, health, secrets and main process included", async () => {
      await using server = await connectLab("own", "deploy");
      const docker = await findDocker(server);
      const inner = sshServer("own").inner?.["pg-inner"];
      const facts = await docker?.inspect("pg-inner");
      expect(facts).toMatchObject({
        name: "pg-inner",
        image: "postgres:15",
        status: "running",
        process: "postgres",
        env: { POSTGRES_USER: "app", POSTGRES_PASSWORD: inner?.password },
        labels: { "com.docker.compose.project": "inner", "com.docker.compose.service": "db" },
        ports: [{ container: 5432, host: null }],
      });
      expect(["healthy", "starting"]).toContain(facts?.health);
      expect(facts?.argv.at(-1)).toBe("postgres");
      expect(facts?.mounts.map(({ path }) => path)).toContain("/var/lib/postgresql/data");
      expect(await docker?.inspect("no-such-container")).toBeUndefined();
    });

    function jobs(trial: JobTrial) {
      const inner = sshServer("own").inner?.["pg-inner"];
      const box = containerHost(trial.server, { client: ["docker"], container: "pg-inner" });
      const secrets = { PGPASSWORD: new Secret(inner?.password ?? "") };
      const login = ["-h", "127.0.0.1", "-U", inner?.user ?? "", inner?.database ?? ""];
      const start = async (query: string) => {
        const dump = box.lower({ argv: ["psql", "-XqAt", "-c", query, ...login], secrets });
        const spec = { ...trial.spec(), stages: [dump, { argv: ["gzip", "-1c"] }] as const };
        await trial.server.jobs.start(spec);
        return spec.id;
      };
      const endless = async () => {
        const id = await start(ENDLESS_QUERY);
        await trial.until(id, (view) => (view.rawBytes ?? 0) > 30_000);
        return id;
      };
      return { start, endless };
    }

    test("has the program inside stopped when its client is killed, and when the job is cancelled", async () => {
      await using trial = await sshTrial("own");
      const { endless } = jobs(trial);
      const startedAt = await trial.sh(STARTED);
      const killed = await endless();
      await trial.sh(SIGNAL_CLIENT, killed, "KILL");
      expect(await trial.over(killed)).toMatchObject({ state: "failed", firstFailure: "stage1" });
      const cancelled = await endless();
      expect((await trial.server.jobs.cancel(trial.spec().journals, cancelled)).state).toBe("cancelled");
      for (const id of [killed, cancelled]) expect(await trial.sh(FIND_JOB, id)).toBe("");
      expect(
        await trial.sh(
          "docker exec pg-inner psql -h 127.0.0.1 -U app -XAtc 'select 1' inner 2>&1 | grep -c starting",
        ),
      ).toBe("0");
      expect(await trial.sh(STARTED)).toBe(startedAt);
    });

    test("killed with -9 in the middle of a dump, fails the job; nothing runs on, and the same dump then succeeds", async () => {
      await using trial = await sshTrial("own");
      const { start, endless } = jobs(trial);
      const id = await endless();
      try {
        await trial.sh("pkill -KILL -x dockerd");
        expect(await trial.over(id)).toMatchObject({ state: "failed", firstFailure: "stage1" });
      } finally {
        await trial.sh(BRING_BACK);
      }
      expect(await trial.sh(FIND_JOB, id)).toBe("");
      expect(await trial.over(await start("copy (select 'whole') to stdout"))).toMatchObject({
        state: "done",
      });
    });
  },
);
