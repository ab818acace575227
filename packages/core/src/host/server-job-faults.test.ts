import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { absentReason } from "@cofre/lab";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { Secret } from "../model/secret.ts";
import { connectLab, type JobTrial, localTrial, sshTrial } from "../testing/server-job-trial.ts";
import type { Command } from "./host.ts";

function sh(script: string, more: Omit<Command, "argv"> = {}): Command {
  return { argv: ["sh", "-c", script], ...more };
}

const SLOW = [sh("while :; do echo word; sleep 0.05; done"), { argv: ["cat"] }] as const;

/** The number of the process that runs a job, or one of its parts. */
function pidIn(trial: JobTrial, id: string, file: string): Promise<string> {
  return trial.sh('cut -d" " -f1 "$1"', `${trial.folder}/jobs/${id}/${file}`);
}

async function startSlow(trial: JobTrial, name: string) {
  const spec = { ...trial.spec(), stages: SLOW, output: { path: `${trial.folder}/${name}` } };
  await trial.server.jobs.start(spec);
  await trial.until(spec.id, (view) => (view.rawBytes ?? 0) > 0);
  return spec;
}

function tagged(trial: JobTrial, id: string): Promise<string> {
  return trial.sh('grep -ls "COFRE_JOB=$1" /proc/[0-9]*/environ', id);
}

describe("a server job on this machine", () => {
  let trial: JobTrial;
  beforeAll(async () => {
    trial = await localTrial();
  });
  afterAll(async () => await trial[Symbol.asyncDispose]());

  test("whose runner is killed has died, and cancel sweeps what it left", async () => {
    const spec = await startSlow(trial, "killed-runner");
    await trial.sh('kill -9 "$1"', await pidIn(trial, spec.id, "pid"));
    expect((await trial.over(spec.id)).state).toBe("died");
    expect(await tagged(trial, spec.id)).not.toBe("");
    const startedAt = Date.now();
    expect((await trial.server.jobs.cancel(spec.journals, spec.id)).state).toBe("cancelled");
    expect(Date.now() - startedAt).toBeLessThan(10_000);
    expect(await tagged(trial, spec.id)).toBe("");
    expect(await trial.sh('ls "$1" | grep killed', trial.folder)).toBe("");
  });

  test("whose runner is killed is swept before its journal is forgotten", async () => {
    const spec = await startSlow(trial, "forgotten-runner");
    await expect(trial.server.jobs.forget(spec.journals, spec.id)).rejects.toMatchObject({
      code: "state.conflict",
    });
    await trial.sh('kill -9 "$1"', await pidIn(trial, spec.id, "pid"));
    await trial.over(spec.id);
    await trial.server.jobs.forget(spec.journals, spec.id);
    expect(await tagged(trial, spec.id)).toBe("");
    expect(await trial.sh('ls "$1" "$1/jobs" | grep -E "forgotten|$2"', trial.folder, spec.id)).toBe("");
  });

  test.each(["stage1", "stage2"])("fails when its %s is killed", async (part) => {
    const spec = await startSlow(trial, `killed-${part}`);
    await trial.sh('kill -9 "$1"', await pidIn(trial, spec.id, `pid.${part}`));
    const view = await trial.over(spec.id);
    expect(view).toMatchObject({ state: "failed", firstFailure: part, codes: { [part]: 137 } });
    expect(await tagged(trial, spec.id)).toBe("");
    expect(await trial.sh('ls "$1" | grep killed-', trial.folder)).toBe("");
  });

  test("that was told to end by TERM fails and keeps its journal", async () => {
    const spec = await startSlow(trial, "told");
    await trial.sh('kill -TERM "$1"', await pidIn(trial, spec.id, "pid"));
    expect(await trial.over(spec.id)).toMatchObject({ state: "failed", firstFailure: "runner" });
    expect(await tagged(trial, spec.id)).toBe("");
  });

  test("that crashed between its file's name and its status is completed, when the file is what was digested", async () => {
    const spec = {
      ...trial.spec(),
      stages: [sh("echo whole")] as const,
      output: { path: `${trial.folder}/adopted` },
    };
    await trial.server.jobs.start(spec);
    const done = await trial.over(spec.id);
    expect(done.state).toBe("done");
    const crash = 'cd "$1" && mv status verdict && ln "$2" "$2.$3.partial"';
    await trial.sh(crash, `${spec.journals}/${spec.id}`, spec.output.path, spec.id);
    const adopted = await trial.over(spec.id);
    expect(adopted).toEqual(done);
    expect(await trial.sh('ls "$1" | grep adopted', trial.folder)).toBe("adopted");

    await trial.sh(
      'cd "$1" && mv status verdict && rmdir adopting && echo other >> "$2"',
      `${spec.journals}/${spec.id}`,
      spec.output.path,
    );
    expect((await trial.over(spec.id)).state).toBe("died");
  });

  test("that is started twice runs once, also at the same moment and with other secrets", async () => {
    const count = `${trial.folder}/count`;
    const spec = { ...trial.spec(), output: { path: `${trial.folder}/twice` } };
    const stages = (secret: string) =>
      [sh(`echo ran >> ${count}; sleep 0.5`, { secrets: { A: new Secret(secret) } })] as const;
    const views = await Promise.all(
      ["a", "b", "c"].map((secret) => trial.server.jobs.start({ ...spec, stages: stages(secret) })),
    );
    expect(views.map((view) => view.state)).toEqual(["running", "running", "running"]);
    expect((await trial.over(spec.id)).state).toBe("done");
    expect((await trial.server.jobs.start({ ...spec, stages: stages("d") })).state).toBe("done");
    expect(await trial.sh('cat "$1"', count)).toBe("ran");
  });

  test("of another owner is left alone", async () => {
    const spec = await startSlow(trial, "foreign");
    const { jobs } = trial.server;
    const conflict = { code: "state.conflict" };
    await expect(jobs.start({ ...spec, owner: "other" })).rejects.toMatchObject(conflict);
    await expect(jobs.cancel(spec.journals, spec.id, "other")).rejects.toMatchObject(conflict);
    await expect(jobs.forget(spec.journals, spec.id, "other")).rejects.toMatchObject(conflict);
    expect(await jobs.list(spec.journals, "other")).toEqual([]);
    expect((await jobs.list(spec.journals, "trial")).map((view) => view.id)).toContain(spec.id);
    expect((await jobs.poll(spec.journals, [spec.id]))[0]?.state).toBe("running");
    expect((await jobs.cancel(spec.journals, spec.id, "trial")).state).toBe("cancelled");
  });

  test("never overwrites: not at the start, not when the name was taken meanwhile", async () => {
    const path = `${trial.folder}/taken`;
    const spec = { ...trial.spec(), stages: [sh("sleep 0.4; echo new")] as const, output: { path } };
    await trial.server.jobs.start(spec);
    await trial.sh('echo old > "$1"', path);
    expect(await trial.over(spec.id)).toMatchObject({ state: "failed", firstFailure: "publish" });
    await expect(trial.server.jobs.start({ ...spec, ...trial.spec() })).rejects.toMatchObject({
      code: "store.exists",
    });
    expect(await trial.sh('cat "$1"; ls "$2" | grep -c taken', path, trial.folder)).toBe("old\n1");
  });

  test("among twenty at once is polled by one command, and all end", async () => {
    const specs = Array.from({ length: 20 }, (_, n) => ({
      ...trial.spec(),
      stages: [sh(`sleep 1; head -c ${n + 1} /dev/zero`), { argv: ["cat"] }] as const,
      output: { path: `${trial.folder}/many-${n}` },
    }));
    await Promise.all(specs.map((spec) => trial.server.jobs.start(spec)));
    const ids = specs.map((spec) => spec.id);
    const startedAt = performance.now();
    const views = await trial.server.jobs.poll(trial.spec().journals, ids);
    console.log(`polling 20 jobs: ${Math.round(performance.now() - startedAt)} ms`);
    expect(views.map((view) => view.id)).toEqual(ids);
    for (const id of ids) expect((await trial.over(id)).state).toBe("done");
    const sizes = (await trial.server.jobs.poll(trial.spec().journals, ids)).map((view) => view.bytes);
    expect(sizes).toEqual(specs.map((_, n) => n + 1));
  });

  test("that leaves a program running behind its back fails, and that program is stopped", async () => {
    const spec = { ...trial.spec(), stages: [sh("sleep 300 > /dev/null 2>&1 & echo done")] as const };
    await trial.server.jobs.start(spec);
    expect(await trial.over(spec.id)).toMatchObject({ state: "failed", firstFailure: "left" });
    expect(await tagged(trial, spec.id)).toBe("");
  });

  test("that streams ends on the server when it is aborted, and when nobody reads on", async () => {
    const abort = new AbortController();
    const aborted = { ...trial.spec(), stages: SLOW };
    const flow = trial.server.jobs.stream(aborted, abort.signal);
    const reading = (async () => {
      for await (const _ of flow.bytes) abort.abort();
    })();
    await expect(reading).rejects.toMatchObject({ code: "job.cancelled" });
    expect((await flow.ended).state).toBe("cancelled");
    expect(await tagged(trial, aborted.id)).toBe("");

    const left = { ...trial.spec(), stages: SLOW };
    const other = trial.server.jobs.stream(left);
    for await (const _ of other.bytes) break;
    expect((await other.ended).state).toBe("cancelled");
    expect(await tagged(trial, left.id)).toBe("");
  });

  test("that streams more than anybody reads is ended by its own runner, which need not be killed", async () => {
    const abort = new AbortController();
    const spec = { ...trial.spec(), stages: [{ argv: ["cat", "/dev/zero"] }] as const };
    const flow = trial.server.jobs.stream(spec, abort.signal);
    flow.bytes.on("error", () => undefined);
    flow.bytes.once("readable", () => setTimeout(() => abort.abort(), 500));
    const view = await flow.ended;
    expect(view).toMatchObject({ state: "cancelled", codes: { digest: 0 } });
    expect(await tagged(trial, spec.id)).toBe("");
  });

  test("that is fed ends on the server when it is aborted", async () => {
    const abort = new AbortController();
    const spec = { ...trial.spec(), stages: [sh("cat > /dev/null")] as const };
    async function* endless() {
      for (;;) {
        yield Buffer.alloc(1000);
        await sleep(20);
      }
    }
    const feeding = trial.server.jobs.feed(spec, Readable.from(endless()), abort.signal);
    setTimeout(() => abort.abort(), 500);
    await expect(feeding).rejects.toMatchObject({ code: "job.cancelled" });
    expect((await trial.over(spec.id)).state).toBe("cancelled");
    expect(await tagged(trial, spec.id)).toBe("");
  });

  test("says what is wrong with the input and the folder before anything runs", async () => {
    const { jobs } = trial.server;
    const stages = [sh("cat")] as const;
    const missing = { ...trial.spec(), stages, input: { path: `${trial.folder}/nothing` } };
    await expect(jobs.start(missing)).rejects.toMatchObject({ code: "archive.missing" });
    const folder = { ...trial.spec(), stages, output: { path: `${trial.folder}/no/file` } };
    await expect(jobs.start(folder)).rejects.toMatchObject({ code: "not.found" });
    await expect(jobs.start({ ...trial.spec(), id: "../../x", stages })).rejects.toMatchObject({
      code: "input.invalid",
    });
    expect(
      await trial.sh('ls "$1/jobs" | grep -c -e "$2" -e "$3"', trial.folder, missing.id, folder.id),
    ).toBe("0");
  });
});

describe.skipIf(absentReason({ ssh: "plain" }))(
  "a server job on a server without docker, zstd and bash",
  () => {
    let trial: JobTrial;
    beforeAll(async () => {
      trial = await sshTrial("plain", "shonly");
    });
    afterAll(async () => await trial[Symbol.asyncDispose]());

    test("outlives its SSH connection", async () => {
      const spec = {
        ...trial.spec(),
        stages: [sh("sleep 2; echo whole")] as const,
        output: { path: `${trial.folder}/out` },
      };
      const other = await connectLab("plain", "shonly");
      await other.jobs.start(spec);
      await other[Symbol.asyncDispose]();
      expect(await trial.over(spec.id)).toMatchObject({ state: "done", bytes: 6 });
    });

    test("fails when the disk is full, leaves nothing, and says so", async () => {
      await using root = await sshTrial("plain");
      const { jobs } = root.server;
      const journals = "/opt/small/trial/jobs";
      const output = { path: "/opt/small/trial/out" };
      await root.server.files.makeFolder("/opt/small/trial");
      const stages = [sh("head -c 40000000 /dev/zero"), { argv: ["cat"] }] as const;
      const spec = { ...root.spec(), journals, output, stages };
      await jobs.start(spec);
      const look = async () => (await jobs.poll(journals, [spec.id]))[0];
      await vi.waitUntil(async () => (await look())?.state !== "running", { timeout: 20_000, interval: 100 });
      const view = await look();
      expect(view).toMatchObject({ state: "failed", firstFailure: "sink" });
      expect(view?.stderr).toContain("No space left on device");
      expect(await root.sh("ls /opt/small/trial")).toBe("jobs");

      await root.sh("head -c 40000000 /dev/zero > /opt/small/trial/full");
      const full = jobs.start({ ...spec, ...root.spec(), journals });
      const context = { totalBytes: 20 * 1024 * 1024 };
      await expect(full).rejects.toMatchObject({ code: "server.no-space", context });
      await root.sh("rm -rf /opt/small/trial");
    });

    test("is refused by name where the disk is read-only or belongs to somebody else", async () => {
      const stages = [sh("echo x")] as const;
      const { jobs } = trial.server;
      const readonly = { ...trial.spec(), stages, journals: "/opt/readonly/jobs" };
      await expect(jobs.start(readonly)).rejects.toMatchObject({ code: "server.read-only" });
      await expect(jobs.start({ ...readonly, journals: "/root/jobs" })).rejects.toMatchObject({
        code: "server.permission",
      });
      const output = { ...trial.spec(), stages, output: { path: "/opt/readonly/out" } };
      await expect(jobs.start(output)).rejects.toMatchObject({ code: "server.read-only" });
      expect((await jobs.poll(output.journals, [output.id]))[0]?.state).toBe("absent");
    });
  },
);
