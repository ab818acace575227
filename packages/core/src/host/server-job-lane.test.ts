import { absentReason, type StartedPostgres, startPostgres } from "@cofre/lab";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { FIND_JOB, type JobTrial, localTrial } from "../testing/server-job-trial.ts";
import { containerHost } from "./container.ts";

/** Prints numbers without end, a line for each. */
const ENDLESS = "n=0; while :; do n=$((n + 1)); echo $n; done";
const KILL_CLIENT = `for p in $(grep -ls "COFRE_JOB=$1" /proc/[0-9]*/cmdline | cut -d/ -f3); do
  read -r name < "/proc/$p/comm" && [ "$name" = docker ] && kill -9 "$p"
done`;

/** Whoever is not root here, or has no GNU dd, goes through the engine's client as ever: server-job-boxes.test.ts. */
const isRoot = process.getuid?.() === 0;

describe.skipIf(absentReason({ engine: "postgres", version: "18" }) ?? !isRoot)(
  "a dump out of a container, by root of the machine that runs it",
  () => {
    let trial: JobTrial;
    let pg: StartedPostgres;
    beforeAll(async () => {
      trial = await localTrial();
      pg = await startPostgres("18");
    });
    afterAll(async () => {
      await trial[Symbol.asyncDispose]();
      await pg[Symbol.asyncDispose]();
    });

    const inside = async (script: string, ...words: readonly string[]) =>
      (await pg.exec(["sh", "-c", script, "sh", ...words])).stdout.toString().trim();

    function specOf(script: string, name: string) {
      const host = containerHost(trial.server, { client: ["docker"], container: pg.name });
      const stages = [host.lower({ argv: ["sh", "-c", script] }), { argv: ["cat"] }] as const;
      return { ...trial.spec(), stages, output: { path: `${trial.folder}/${name}` } };
    }

    async function startEndless(name: string) {
      const spec = specOf(ENDLESS, name);
      await trial.server.jobs.start(spec);
      await trial.until(spec.id, (view) => (view.rawBytes ?? 0) > 30_000);
      return spec;
    }

    async function expectNothingLeft(id: string) {
      expect(await inside(FIND_JOB, id)).toBe("");
      expect(await inside("ls /dev/shm | grep cofre-")).toBe("");
      expect(await trial.sh(FIND_JOB, id)).toBe("");
      expect(await trial.sh('ls "$1" | grep -v jobs', trial.folder)).toBe("");
    }

    test("takes a pipe of its own, whole and with the program's own exit code", async () => {
      const spec = specOf("readlink /proc/self/fd/1; seq 1 300000; echo words >&2", "whole");
      await trial.server.jobs.start(spec);
      expect(await trial.over(spec.id)).toMatchObject({
        state: "done",
        codes: { stage1: 0 },
        stderr: "words",
      });
      const found = await trial.sh(
        'head -n 1 "$1"; tail -n +2 "$1" | cksum; seq 1 300000 | cksum',
        spec.output.path,
      );
      const [place, sum, whole] = found.split("\n");
      expect(place).toContain(`/dev/shm/cofre-${spec.id}`);
      expect(sum).toBe(whole);
      await trial.sh('rm -f "$1"', spec.output.path);
      await expectNothingLeft(spec.id);
    });

    test("is written by what a pipe holds, not by the C library's four kilobytes", async () => {
      const spec = specOf("printenv _STDBUF_O", "buffered");
      await trial.server.jobs.start(spec);
      expect(await trial.over(spec.id)).toMatchObject({ state: "done" });
      expect(await trial.sh('cat "$1"', spec.output.path)).toBe("65536");
      await trial.sh('rm -f "$1"', spec.output.path);
      await expectNothingLeft(spec.id);
    });

    test.each([
      ["before its first byte", "exit 3", 3],
      ["after some", "seq 1 300000; exit 4", 4],
      ["by a signal", "seq 1 300000; kill -9 $$", 137],
    ])("fails when the program fails %s", async (_when, script, code) => {
      const spec = specOf(script, "failed");
      await trial.server.jobs.start(spec);
      expect(await trial.over(spec.id)).toMatchObject({
        state: "failed",
        firstFailure: "stage1",
        codes: { stage1: code },
      });
      await expectNothingLeft(spec.id);
    });

    test("fails when the client is killed, and the program inside is stopped", async () => {
      const spec = await startEndless("client");
      await trial.sh(KILL_CLIENT, spec.id);
      expect(await trial.over(spec.id)).toMatchObject({ state: "failed", firstFailure: "stage1" });
      await expectNothingLeft(spec.id);
    });

    test("fails when the client ends well before its program", async () => {
      const lying = '#!/bin/sh\n[ "$1" = exec ] || exec docker "$@"\ndocker "$@" &\nsleep 1\n';
      await trial.sh('printf "%s" "$1" > "$2" && chmod +x "$2"', lying, `${trial.folder}/jobs-docker`);
      const client = [`${trial.folder}/jobs-docker`] as const;
      const host = containerHost(trial.server, { client, container: pg.name });
      const stages = [host.lower({ argv: ["sh", "-c", ENDLESS] }), { argv: ["cat"] }] as const;
      const spec = { ...trial.spec(), stages, output: { path: `${trial.folder}/lied` } };
      await trial.server.jobs.start(spec);
      const view = await trial.over(spec.id);
      expect(view).toMatchObject({ state: "failed", firstFailure: "stage1", codes: { stage1: 1 } });
      expect(view.stderr).toContain("ran on after its client had ended");
      await expectNothingLeft(spec.id);
    });

    test("is cancelled without a trace", async () => {
      const spec = await startEndless("cancelled");
      expect(await trial.server.jobs.cancel(spec.journals, spec.id)).toMatchObject({ state: "cancelled" });
      await expectNothingLeft(spec.id);
    });

    test("goes through the client when somebody inside took the pipe's name, and reads nothing of this machine", async () => {
      const spec = specOf("readlink /proc/self/fd/1", "taken");
      await inside('ln -s /etc/hostname "/dev/shm/cofre-$1"', spec.id);
      await trial.server.jobs.start(spec);
      expect(await trial.over(spec.id)).toMatchObject({ state: "done" });
      expect(await trial.sh('cat "$1"', spec.output.path)).toMatch(/^pipe:/);
      await trial.sh('rm -f "$1"', spec.output.path);
      await inside('rm -f "/dev/shm/cofre-$1"', spec.id);
    });

    test("goes through the client when the program does not see what this machine sees of its memory", async () => {
      const spec = specOf("readlink /proc/self/fd/1", "elsewhere");
      // Somebody inside takes the folder away as soon as it is there.
      const away = inside('until rmdir "/dev/shm/cofre-$1.here" 2> /dev/null; do :; done', spec.id);
      await trial.server.jobs.start(spec);
      expect(await trial.over(spec.id)).toMatchObject({ state: "done" });
      await away;
      expect(await trial.sh('cat "$1"', spec.output.path)).toMatch(/^pipe:/);
      await trial.sh('rm -f "$1"', spec.output.path);
      await expectNothingLeft(spec.id);
    });

    test("does not follow a link to a pipe of this machine", async () => {
      const spec = specOf("echo safe", "linked");
      const pipe = `${trial.folder}/jobs-pipe`;
      await trial.sh('mkfifo "$1"', pipe);
      await inside('ln -s "$2" "/dev/shm/cofre-$1"', spec.id, pipe);
      await trial.server.jobs.start(spec);
      expect(await trial.over(spec.id)).toMatchObject({ state: "failed", firstFailure: "stage1" });
      await inside('rm -f "/dev/shm/cofre-$1"', spec.id);
      await expectNothingLeft(spec.id);
    });

    /** More than a small input, or no lane is laid. */
    const NUMBERS = "seq 1 2000000";

    function loadOf(script: string, name: string) {
      const host = containerHost(trial.server, { client: ["docker"], container: pg.name });
      const stages = [{ argv: ["cat"] }, host.lower({ argv: ["sh", "-c", script] })] as const;
      return { ...trial.spec(), stages, input: { path: `${trial.folder}/jobs-${name}` } };
    }

    test("a load into it takes one too, whole and with the program's own exit code", async () => {
      const spec = loadOf("readlink /proc/self/fd/0; cksum", "in");
      const whole = await trial.sh(`${NUMBERS} > "$1"; cksum < "$1"`, spec.input.path);
      await trial.server.jobs.start(spec);
      const view = await trial.over(spec.id);
      expect(view).toMatchObject({ state: "done", codes: { stage1: 0, stage2: 0 } });
      const [place, sum] = (view.printed ?? "").split("\n");
      expect(place).toContain(`/dev/shm/cofre-${spec.id}`);
      expect(sum).toBe(whole);
      await expectNothingLeft(spec.id);
    });

    test.each([
      ["before its first byte", "exit 3", 3],
      ["after some", "head -c 5000000 > /dev/null; exit 4", 4],
    ])("a load fails when the program fails %s", async (_when, script, code) => {
      const spec = loadOf(script, "failing");
      await trial.sh(`${NUMBERS} > "$1"`, spec.input.path);
      await trial.server.jobs.start(spec);
      expect(await trial.over(spec.id)).toMatchObject({ state: "failed", codes: { stage2: code } });
      await expectNothingLeft(spec.id);
    });

    test("a load fails when what fills the lane is killed, though the program saw a peaceful end", async () => {
      const spec = loadOf("sleep 2; cat > /dev/null", "pump");
      await trial.sh(`${NUMBERS} > "$1"`, spec.input.path);
      await trial.server.jobs.start(spec);
      await trial.sh(
        `until p=$(grep -ls "^of=/proc.*cofre-$1" /proc/[0-9]*/cmdline | grep -v self | cut -d/ -f3) && [ -n "$p" ]; do sleep 0.1; done
        sleep 0.5; kill -9 $p`,
        spec.id,
      );
      expect(await trial.over(spec.id)).toMatchObject({ state: "failed", codes: { stage2: 1 } });
      await expectNothingLeft(spec.id);
    });

    test("a load is cancelled without a trace", async () => {
      const spec = loadOf("sleep 300", "cancelled-in");
      await trial.sh(`${NUMBERS} > "$1"`, spec.input.path);
      await trial.server.jobs.start(spec);
      expect(await trial.server.jobs.cancel(spec.journals, spec.id)).toMatchObject({ state: "cancelled" });
      await expectNothingLeft(spec.id);
    });
  },
);
