import { absentReason, type StartedPostgres, sshServer, startPostgres } from "@cofre/lab";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Secret } from "../model/secret.ts";
import {
  connectLab,
  ENDLESS_QUERY,
  FIND_JOB,
  type JobTrial,
  localTrial,
  SIGNAL_CLIENT,
  sshTrial,
} from "../testing/server-job-trial.ts";
import { containerHost } from "./container.ts";
import type { Box, Command } from "./host.ts";

interface Place {
  readonly open: () => Promise<JobTrial>;
  readonly client: Box["client"];
  /** Runs a script as root on the machine that has the docker client. */
  readonly asRoot: (trial: JobTrial, script: string, ...words: readonly string[]) => Promise<string>;
}

const PLACES: Readonly<Record<string, Place>> = {
  "this machine": {
    open: () => localTrial(),
    client: ["docker"],
    asRoot: (trial, script, ...words) => trial.sh(script, ...words),
  },
  "an SSH server whose user needs sudo for docker": {
    open: () => sshTrial("docker", "deploy"),
    client: ["sudo", "-n", "docker"],
    asRoot: async (_trial, script, ...words) => {
      const ran = await sshServer("docker").exec(["sh", "-c", script, "sh", ...words]);
      return ran.stdout.toString().trim();
    },
  },
};

describe.skipIf(absentReason({ engine: "postgres", version: "15" }) ?? absentReason({ ssh: "docker" }))(
  "a server job with programs in a container",
  () => {
    let pg: StartedPostgres;
    let password: Secret;
    beforeAll(async () => {
      pg = await startPostgres("15");
      password = new Secret(pg.password);
      await pg.sql("create table orders as select i id, md5(i::text) word from generate_series(1, 20000) i");
    });
    afterAll(async () => await pg[Symbol.asyncDispose]());

    const login = () => ["-h", "127.0.0.1", "-U", pg.user, pg.database] as const;
    const psql = (sql: string): Command => ({
      argv: ["psql", "-XqAt", "-c", sql, ...login()],
      secrets: { PGPASSWORD: password },
    });
    const inside = async (id: string) =>
      (await pg.exec(["sh", "-c", FIND_JOB, "sh", id])).stdout.toString().trim();

    describe.each(Object.entries(PLACES))("on %s", (_name, place) => {
      let trial: JobTrial;
      beforeAll(async () => {
        trial = await place.open();
      });
      afterAll(async () => await trial[Symbol.asyncDispose]());

      const lower = (command: Command) =>
        containerHost(trial.server, { client: place.client, container: pg.name }).lower(command);

      async function startEndless(name: string, command = psql(ENDLESS_QUERY)) {
        const stages = [lower(command), { argv: ["gzip", "-1c"] }] as const;
        const spec = { ...trial.spec(), stages, output: { path: `${trial.folder}/${name}` } };
        await trial.server.jobs.start(spec);
        await trial.until(spec.id, (view) => (view.rawBytes ?? 0) > 30_000);
        return spec;
      }

      async function expectGone(id: string) {
        expect(await inside(id)).toBe("");
        expect(await place.asRoot(trial, FIND_JOB, id)).toBe("");
        expect(await trial.sh('ls "$1" | grep -v jobs', trial.folder)).toBe("");
      }

      test("dumps in the companion's own snapshot, and the secret is seen nowhere", async () => {
        const dump = 'exec pg_dump --snapshot="$SNAP" -Fc -Z0 "$@"';
        const hold = `begin isolation level repeatable read; select pg_export_snapshot(); select pg_sleep(2); select count(*) from orders; commit`;
        const spec = {
          ...trial.spec(),
          stages: [
            lower({ argv: ["sh", "-c", dump, "sh", ...login()], secrets: { PGPASSWORD: password } }),
            { argv: ["sh", "-c", "sleep 1; exec gzip -1c"] },
          ] as const,
          output: { path: `${trial.folder}/dump.gz` },
          companion: {
            command: lower({
              ...psql(hold),
              argv: ["psql", "-XqAt", ...hold.split("; ").flatMap((sql) => ["-c", sql]), ...login()],
            }),
            exports: "SNAP",
          },
          observer: { argv: ["sh", "-c", "head -c 5; cat > /dev/null"] as const },
        };
        await trial.server.jobs.start(spec);
        await trial.until(spec.id, (view) => view.bytes >= 0 && view.state === "running");
        const seen = await place.asRoot(
          trial,
          'ps axww; find "$1" -type f -exec cat {} +',
          `${spec.journals}/${spec.id}`,
        );
        const view = await trial.over(spec.id);
        expect(view).toMatchObject({
          state: "done",
          stderr: "",
          firstFailure: null,
          codes: { companion: 0 },
        });
        expect(view.companion).toMatch(/^[0-9A-F-]+\n\n20000\n$/);
        expect(Buffer.from(view.observed ?? []).toString()).toBe("PGDMP");
        const journal = await trial.sh('cat "$1"/*', `${spec.journals}/${spec.id}`);
        expect(seen).toContain("pg_dump");
        expect(`${seen}${journal}`).not.toContain(pg.password);
        expect(`${seen}${journal}`).not.toContain("p'w");
        await trial.sh('rm -f "$1"', spec.output.path);
        await expectGone(spec.id);
      });

      test("fails when the program inside is killed", async () => {
        const spec = await startEndless("killed-inside");
        await pg.exec(["sh", "-c", `kill -9 $(${FIND_JOB})`, "sh", spec.id]);
        expect(await trial.over(spec.id)).toMatchObject({
          state: "failed",
          firstFailure: "stage1",
          codes: { stage1: 137 },
        });
        await expectGone(spec.id);
      });

      test.each(["KILL", "TERM"])(
        "fails when the client gets %s, and the program inside is stopped",
        async (signal) => {
          const spec = await startEndless(`client-${signal}`);
          await place.asRoot(trial, SIGNAL_CLIENT, spec.id, signal);
          expect((await trial.over(spec.id)).state).toBe("failed");
          await expectGone(spec.id);
        },
      );

      test("fails when the codec is killed, and the program inside is stopped", async () => {
        const spec = await startEndless("codec");
        await trial.sh('kill -9 $(cat "$1")', `${spec.journals}/${spec.id}/pid.stage2`);
        expect(await trial.over(spec.id)).toMatchObject({ state: "failed", firstFailure: "stage2" });
        await expectGone(spec.id);
      });

      test("whose runner is killed has died, and cancel stops the program inside", async () => {
        const spec = await startEndless("runner");
        await trial.sh('kill -9 $(cut -d" " -f1 "$1")', `${spec.journals}/${spec.id}/pid`);
        expect((await trial.over(spec.id)).state).toBe("died");
        expect(await inside(spec.id)).not.toBe("");
        expect((await trial.server.jobs.cancel(spec.journals, spec.id)).state).toBe("cancelled");
        await expectGone(spec.id);
      });

      test("is cancelled within ten seconds, also when the program inside ignores TERM", async () => {
        const stubborn = {
          argv: ["sh", "-c", 'trap "" TERM; exec "$@"', "sh", ...psql(ENDLESS_QUERY).argv],
          secrets: { PGPASSWORD: password },
        } as const;
        const spec = await startEndless("stubborn", stubborn);
        const startedAt = Date.now();
        const view = await trial.server.jobs.cancel(spec.journals, spec.id);
        console.log(`cancelled in ${Date.now() - startedAt} ms`);
        expect(Date.now() - startedAt).toBeLessThan(10_000);
        expect(view.state).toBe("cancelled");
        await expectGone(spec.id);
      });

      test("that streams and is cut leaves nothing inside", async () => {
        const spec = { ...trial.spec(), stages: [lower(psql(ENDLESS_QUERY)), { argv: ["cat"] }] as const };
        const flow = trial.server.jobs.stream(spec);
        for await (const _ of flow.bytes) break;
        await flow.ended;
        await expectGone(spec.id);
      });

      test("says that the container is gone", async () => {
        const gone = containerHost(trial.server, { client: place.client, container: "no-such-container" });
        const spec = { ...trial.spec(), stages: [gone.lower({ argv: ["true"] })] as const };
        await trial.server.jobs.start(spec);
        const view = await trial.over(spec.id);
        expect(view).toMatchObject({ state: "failed", codes: { stage1: 1 } });
        expect(view.stderr).toContain("No such container");
      });
    });

    test("outlives every sshd process of its server", async () => {
      await using trial = await sshTrial("docker");
      const box = containerHost(trial.server, { client: ["docker"], container: pg.name });
      const slow = psql("select pg_sleep(2), 'whole'");
      const spec = {
        ...trial.spec(),
        stages: [box.lower(slow), { argv: ["cat"] }] as const,
        output: { path: `${trial.folder}/out` },
      };
      await using other = await connectLab("docker");
      await other.jobs.start(spec);
      const killed = await other
        .run({ argv: ["sh", "-c", "kill -9 $PPID; sleep 5"] })
        .catch((error: unknown) => error);
      expect(killed).toMatchObject({ code: "server.unreachable" });
      expect(await trial.over(spec.id)).toMatchObject({ state: "done", bytes: 7 });
    });

    test("never made PostgreSQL restart", async () => {
      const logs = await pg.logs();
      expect(logs).toContain("database system is ready to accept connections");
      expect(logs).not.toMatch(/reinitializing|was interrupted|not properly shut down|terminated by signal/i);
    });
  },
);
