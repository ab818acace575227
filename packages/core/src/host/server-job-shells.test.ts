import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Secret } from "../model/secret.ts";
import { type JobTrial, localTrial, pathWith, removePath } from "../testing/server-job-trial.ts";
import type { Command } from "./host.ts";

const HOSTILE = 'it\'s "a" $(reboot) `id` \\ ! \n second line ção 😁\u0081\u0088 -e %s ';
const SHELLS = { dash: "/bin/dash", bash: "/bin/bash", "busybox ash": "/usr/bin/busybox" } as const;

/** What bash knows and POSIX does not: tests, arrays, substitutions, `local` and the like. */
const BASHISM = new RegExp(
  [
    /\[\[|\bpipefail\b|<\(|>\(|<<<|&>|\|&|[\s=]\$'|\(\(.*(\+\+|--)|\[ .* == |\w\+=|\w=\(/,
    /^\s*(function|local|declare|typeset|source|let)\s/,
    /\$\{[^}]*(\/\/|\^|,,|:\d)|\bread -[a-qs-z]|\becho -[en]/,
  ]
    .map((part) => part.source)
    .join("|"),
);

function sh(script: string, more: Omit<Command, "argv"> = {}): Command {
  return { argv: ["sh", "-c", script], ...more };
}

function absent(shell: string): boolean {
  if (existsSync(shell)) return false;
  if (process.env.CI === "true") throw new Error(`CI needs every shell: ${shell} is not there`);
  return true;
}

function sha256(bytes: Uint8Array | string): string {
  return createHash("sha256").update(bytes).digest("hex");
}

async function pathOf(program: string): Promise<string> {
  if (!program.endsWith("busybox")) return await pathWith(program);
  const applets = execFileSync(program, ["--list"], { encoding: "utf8" }).trim().split("\n");
  return await pathWith(program, applets);
}

test("the job script has nothing that only some shells know", () => {
  const scripts = readdirSync(import.meta.dirname).filter((name) => /^server-job-.*\.sh$/.test(name));
  expect(scripts.length).toBeGreaterThan(3);
  for (const name of scripts) {
    const lines = readFileSync(join(import.meta.dirname, name), "utf8").split("\n");
    expect(lines.filter((line) => !/^\s*#/.test(line) && BASHISM.test(line))).toEqual([]);
    for (const shell of Object.values(SHELLS).filter((path) => existsSync(path))) {
      const words = shell.endsWith("busybox") ? ["ash", "-n"] : ["-n"];
      execFileSync(shell, [...words, join(import.meta.dirname, name)]);
    }
  }
});

describe.each(Object.entries(SHELLS))("a server job under %s", (_name, program) => {
  describe.skipIf(absent(program))("that is on this machine", () => {
    let path: string;
    let trial: JobTrial;
    beforeAll(async () => {
      path = await pathOf(program);
      trial = await localTrial(path);
    });
    afterAll(async () => {
      await trial[Symbol.asyncDispose]();
      await removePath(path);
    });

    test("lands in a file with its digest, and each stage gets its own secret of the same name", async () => {
      const output = { path: `${trial.folder}/o'u t $(x)\n.bin` };
      const one = sh('printf %s "$WORD"; echo words >&2', { secrets: { WORD: new Secret(HOSTILE) } });
      const two = sh('cat; printf %s "$WORD"', {
        secrets: { WORD: new Secret("second") },
        env: { PLAIN: HOSTILE },
      });
      const three = sh("cat; printf %s $(env | grep -c ^WORD=)");
      const spec = { ...trial.spec(), stages: [one, two, three] as const, output };
      const started = await trial.server.jobs.start(spec);
      expect(["running", "done"]).toContain(started.state);
      const view = await trial.over(spec.id);
      const expected = `${HOSTILE}second0`;
      expect(view).toMatchObject({
        state: "done",
        stderr: "words",
        firstFailure: null,
        bytes: Buffer.byteLength(expected),
      });
      expect(view.sha256).toBe(sha256(expected));
      expect(view.codes).toEqual({ stage1: 0, stage2: 0, stage3: 0, digest: 0, sink: 0 });
      const found = await buffer(trial.server.files.read(output.path));
      expect(found.toString()).toBe(expected);
      const journal = await trial.sh(
        'cd "$1" && cat *; ls -ld . | cut -c1-10',
        `${spec.journals}/${spec.id}`,
      );
      expect(journal).not.toContain("reboot) `id` \\ ! \n second line");
      expect(journal).toContain("drwx------");
    });

    test("gives the companion's first line to the stages, and the observer a copy that it may leave early", async () => {
      const big = sh('printf "%s\\n" "$SNAP"; head -c 3000000 /dev/zero');
      const spec = {
        ...trial.spec(),
        stages: [big, sh("wc -c")] as const,
        output: { path: `${trial.folder}/with-companion` },
        companion: { command: sh("echo snap-1; sleep 0.3; printf '\\000counted'"), exports: "SNAP" },
        observer: sh("head -c 3; printf '\\000\\377'"),
      };
      await trial.server.jobs.start(spec);
      const view = await trial.over(spec.id);
      expect(view.state).toBe("done");
      expect(view.companion).toBe("snap-1\n\0counted");
      expect(view.observed).toEqual(Buffer.from("sna\0\xff", "latin1"));
      expect(await trial.sh('cat "$1"', spec.output.path)).toBe("3000007");
      expect(view.codes).toMatchObject({ companion: 0, observer: 0, copy: 0 });
    });

    test.each([1, 2, 3])("fails when stage %i of three fails, and leaves no file", async (failing) => {
      const good = [sh("yes | head -c 400000"), sh("cat"), sh("cat")] as const;
      const bad = sh("head -c 10 > /dev/null; echo it broke >&2; exit 3");
      const pick = (n: 1 | 2 | 3) => (n === failing ? bad : good[n - 1]) ?? bad;
      const output = { path: `${trial.folder}/failed-${failing}` };
      const spec = { ...trial.spec(), stages: [pick(1), pick(2), pick(3)] as const, output };
      await trial.server.jobs.start(spec);
      const view = await trial.over(spec.id);
      expect(view).toMatchObject({
        state: "failed",
        firstFailure: `stage${failing}`,
        stderr: "it broke",
        sha256: null,
      });
      expect(view.codes[`stage${failing}`]).toBe(3);
      expect(await trial.sh('ls "$1" | grep failed', trial.folder)).toBe("");
    });

    test("fails with companion and observer, and a failing stage ends the companion", async () => {
      const base = { stages: [sh("sleep 30")] as const, output: { path: `${trial.folder}/never` } };
      const companion = {
        ...trial.spec(),
        ...base,
        companion: { command: sh("echo x; exit 5"), exports: "X" },
      };
      const silent = {
        ...trial.spec(),
        ...base,
        companion: { command: sh("exit 0"), exports: "X" },
        output: { path: `${trial.folder}/never2` },
      };
      const observer = { ...trial.spec(), stages: [sh("echo x")] as const, observer: sh("cat; exit 6") };
      const stage = {
        ...trial.spec(),
        stages: [sh("exit 7")] as const,
        companion: { command: sh("echo x; sleep 30"), exports: "X" },
      };
      await Promise.all([companion, silent, observer, stage].map((spec) => trial.server.jobs.start(spec)));
      expect(await trial.over(companion.id)).toMatchObject({ state: "failed", firstFailure: "companion" });
      expect(await trial.over(silent.id)).toMatchObject({ state: "failed", firstFailure: "companion" });
      expect(await trial.over(observer.id)).toMatchObject({
        state: "failed",
        firstFailure: "observer",
        codes: { observer: 6 },
      });
      expect(await trial.over(stage.id)).toMatchObject({
        state: "failed",
        firstFailure: "stage1",
        companion: "x\n",
      });
    });

    test("fails with a companion that ends at once, whatever moment it picks", async () => {
      const specs = Array.from({ length: 12 }, (_, n) => ({
        ...trial.spec(),
        stages: [sh("sleep 30")] as const,
        companion: { command: sh("exit 0"), exports: "X" },
        output: { path: `${trial.folder}/silent-${n}` },
      }));
      await Promise.all(specs.map((spec) => trial.server.jobs.start(spec)));
      for (const { id } of specs)
        expect(await trial.over(id)).toMatchObject({ state: "failed", firstFailure: "companion" });
    });

    test("digests an input to its end, although the stage reads only its head", async () => {
      const path = `${trial.folder}/input`;
      await trial.server.files.write(path, Readable.from([Buffer.alloc(2_000_000, "a")]));
      const spec = { ...trial.spec(), stages: [sh("head -c 5")] as const, input: { path } };
      await trial.server.jobs.start(spec);
      const view = await trial.over(spec.id);
      expect(view).toMatchObject({ state: "done", bytes: 2_000_000, printed: "aaaaa" });
      expect(view.sha256).toBe(sha256(Buffer.alloc(2_000_000, "a")));
    });

    test("streams bytes and verdict", async () => {
      const secrets = { A: new Secret(HOSTILE) };
      const spec = {
        ...trial.spec(),
        stages: [
          sh('printf %s "$A"; head -c 2000000 /dev/zero', { secrets }),
          sh("cat; env | grep -c COFRE_SECRET >&2; :"),
        ] as const,
      };
      const { bytes, ended } = trial.server.jobs.stream(spec);
      const all = await buffer(bytes);
      const view = await ended;
      expect(view).toMatchObject({ state: "done", stderr: "0", bytes: all.length, sha256: sha256(all) });
      expect(all.subarray(0, Buffer.byteLength(HOSTILE)).toString()).toBe(HOSTILE);
      const bad = trial.server.jobs.stream({ ...trial.spec(), stages: [sh("echo part; exit 4")] });
      await expect(buffer(bad.bytes)).rejects.toMatchObject({ code: "dump.failed" });
      expect(await bad.ended).toMatchObject({ state: "failed", codes: { stage1: 4 } });
    });

    test("is fed to a peaceful end only by a source that ended in peace", async () => {
      const good = {
        ...trial.spec(),
        stages: [sh("cat"), sh('wc -c; printf %s "$A"', { secrets: { A: new Secret(HOSTILE) } })] as const,
      };
      const fed = await trial.server.jobs.feed(
        good,
        Readable.from([Buffer.alloc(1_000_000), Buffer.alloc(1)]),
      );
      expect(fed).toMatchObject({ state: "done", bytes: 1_000_001, printed: `1000001\n${HOSTILE}` });
      const took = `${trial.folder}/took`;
      const broken = { ...trial.spec(), stages: [sh(`cat > ${took}; touch ${took}-in-peace`)] as const };
      async function* breaking() {
        yield Buffer.alloc(1000);
        await sleep(200);
        throw new Error("the store broke");
      }
      await expect(trial.server.jobs.feed(broken, Readable.from(breaking()))).rejects.toThrow(
        "the store broke",
      );
      expect((await trial.over(broken.id)).state).toBe("cancelled");
      expect(await trial.sh('ls "$1" | grep peace', trial.folder)).toBe("");
    });

    test("is never fed to a peaceful end by a channel that was cut", async () => {
      const took = `${trial.folder}/cut`;
      const spec = { ...trial.spec(), stages: [sh(`cat > ${took}; touch ${took}-in-peace`)] as const };
      async function* waiting() {
        yield Buffer.alloc(1000);
        await sleep(8000);
        yield Buffer.alloc(1000);
      }
      const feeding = trial.server.jobs.feed(spec, Readable.from(waiting()));
      await trial.until(spec.id, (view) => view.state === "running" && view.rawBytes !== null);
      const source = `${spec.journals}/${spec.id}/pid.source`;
      await trial.sh('until [ -s "$1" ]; do sleep 1; done; kill -9 $(cat "$1")', source);
      expect(await trial.over(spec.id)).toMatchObject({ state: "failed", codes: { source: 1 } });
      expect(await trial.sh('ls "$1" | grep cut', trial.folder)).toBe("cut");
      expect((await feeding).state).toBe("failed");
    });

    test("is cancelled within ten seconds, also when its program ignores TERM", async () => {
      const stubborn = sh("trap '' TERM; while :; do sleep 0.2; done");
      const output = { path: `${trial.folder}/cancelled` };
      const spec = { ...trial.spec(), stages: [stubborn, sh("cat")] as const, output };
      await trial.server.jobs.start(spec);
      await trial.until(spec.id, (view) => view.lifeSign > 0);
      const startedAt = Date.now();
      const view = await trial.server.jobs.cancel(spec.journals, spec.id);
      expect(Date.now() - startedAt).toBeLessThan(10_000);
      expect(view.state).toBe("cancelled");
      expect(await trial.sh('ls "$1" | grep cancelled', trial.folder)).toBe("");
      expect(await trial.sh('grep -ls "COFRE_JOB=$1" /proc/[0-9]*/environ', spec.id)).toBe("");
      await trial.server.jobs.forget(spec.journals, spec.id);
      expect((await trial.server.jobs.poll(spec.journals, [spec.id]))[0]?.state).toBe("absent");
    });

    test("is answered for when it is over, or after so long", async () => {
      const spec = trial.spec();
      const gate = `${trial.folder}/gate`;
      await trial.sh('mkfifo "$1"', gate);
      await trial.server.jobs.start({ ...spec, stages: [sh(`cat < ${gate}`), sh("cat; exit 4")] });
      const [early] = await trial.server.jobs.poll(spec.journals, [spec.id], 100);
      expect(early?.state).toBe("running");
      const began = Date.now();
      const asked = trial.server.jobs.poll(spec.journals, [spec.id], 30_000);
      await trial.sh('true > "$1"', gate);
      expect((await asked)[0]).toMatchObject({ state: "failed", firstFailure: "stage2" });
      expect(Date.now() - began).toBeLessThan(15_000);
      const [late] = await trial.server.jobs.poll(spec.journals, [spec.id], 30_000);
      expect(late?.state).toBe("failed");
      expect(Date.now() - began).toBeLessThan(15_000);
    });

    test("says which tool is missing with code 127", async () => {
      const spec = { ...trial.spec(), stages: [{ argv: ["no-such-tool"] }, sh("cat")] as const };
      await trial.server.jobs.start(spec);
      const view = await trial.over(spec.id);
      expect(view).toMatchObject({ state: "failed", codes: { stage1: 127 } });
      expect(view.stderr).toContain("no-such-tool");
    });
  });
});
