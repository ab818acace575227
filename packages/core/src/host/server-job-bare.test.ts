import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { describe, expect, test } from "vitest";
import { localTrial, pathWith, removePath, trialOn } from "../testing/server-job-trial.ts";
import { createLocalServer } from "./local.ts";

const BUSYBOX = "/usr/bin/busybox";
const MISSING = ["setsid", "renice", "ionice", "sha256sum", "openssl", "shasum", "timeout", "stat"];

function sh(script: string) {
  return { argv: ["sh", "-c", script] } as const;
}

test.each([
  ["perl", []],
  ["a tail beside it, where perl is missing", ["perl"]],
] as const)("the end of what a job passes on is kept by %s", async (_way, hidden) => {
  const folder = await pathWith("/bin/false", hidden);
  try {
    // A locale that the server lacks is common there, and perl complains of it to whoever reads its words.
    const environment = { PATH: `${folder}:/usr/bin:/bin`, LC_ALL: "pt_XX.UTF-8" };
    await using trial = await trialOn(createLocalServer("here", environment));
    expect(await trial.sh("perl -e 'print 1'")).toBe(hidden.length === 0 ? "1" : "");
    const long = "head -c 1000000 /dev/zero; printf %01023d 7";
    const ends = { true: "", "printf short": "short", [long]: `\0${"0".repeat(1022)}7` };
    for (const [script, end] of Object.entries(ends)) {
      const stages = [sh(script), sh("cat")] as const;
      const stream = trial.server.jobs.stream({ ...trial.spec(), stages, observer: { lastBytes: 1024 } });
      const [passed, view] = await Promise.all([buffer(stream.bytes), stream.ended]);
      expect(passed.subarray(-1024).toString("latin1"), script).toBe(end);
      expect(Buffer.from(view.observed ?? []).toString("latin1"), script).toBe(end);
      expect(view.codes, script).toMatchObject({ stage1: 0, copy: 0, observer: 0 });
      expect(view.stderr, script).toBe("");
    }
    const cut = { ...trial.spec(), stages: [sh("cat /dev/zero"), sh("head -c 5")] as const };
    await trial.server.jobs.start({ ...cut, observer: { lastBytes: 9 } });
    expect(await trial.over(cut.id)).toMatchObject({ state: "failed", codes: { stage2: 0 } });
  } finally {
    await removePath(folder);
  }
});

/** Like the grep of a busybox that stops at the first NUL of what it reads. */
const SHORT_SIGHTED = `[ "$1" = -ls ] || exec /bin/grep "$@"
shift
exec perl -e '
  my @patterns;
  while ($ARGV[0] eq "-e") { push @patterns, $ARGV[1]; splice @ARGV, 0, 2 }
  for my $path (@ARGV) {
    open my $file, "<", $path or next;
    my ($seen) = split /\\0/, join "", <$file>;
    print "$path\\n" if grep { $seen =~ /$_/ } @patterns;
  }' -- "$@"
`;

/** A PATH on which one program is a script. */
async function pathBefore(name: string, script: string) {
  const folder = await mkdtemp(join(tmpdir(), "cofre-path-"));
  await writeFile(join(folder, name), `#!/bin/sh\n${script}`, { mode: 0o755 });
  return { path: `${folder}:/usr/bin:/bin`, [Symbol.asyncDispose]: () => removePath(folder) };
}

test("what a job left running is found by a grep that sees nothing behind the first NUL", async () => {
  await using hiding = await pathBefore("grep", SHORT_SIGHTED);
  await using trial = await localTrial(hiding.path);
  const spec = { ...trial.spec(), stages: [sh("sleep 60")] as const };
  await trial.server.jobs.start(spec);
  const journal = `${spec.journals}/${spec.id}`;
  await trial.sh(
    'until [ -s "$1/pid.stage1" ]; do sleep 0.1; done; read p o < "$1/pid"; kill -9 $p',
    journal,
  );
  const tagged = '/bin/grep -ls "COFRE_JOB=$1" /proc/[0-9]*/environ';
  expect(await trial.sh(tagged, spec.id)).not.toBe("");
  expect((await trial.server.jobs.cancel(spec.journals, spec.id)).state).toBe("cancelled");
  expect(await trial.sh(tagged, spec.id)).toBe("");
}, 30_000);

test("an openssl that knows no sha256 leaves the digest of everything to another program", async () => {
  await using lacking = await pathBefore("openssl", "echo 'unknown option -sha256' >&2\nexit 1\n");
  await using trial = await localTrial(lacking.path);
  const output = { path: `${trial.folder}/out` };
  const spec = { ...trial.spec(), stages: [sh("head -c 1000000 /dev/zero")] as const, output };
  await trial.server.jobs.start(spec);
  const sha256 = createHash("sha256").update(Buffer.alloc(1_000_000)).digest("hex");
  expect(await trial.over(spec.id)).toMatchObject({ state: "done", sha256, stderr: "" });
});

test("an openssl that breaks down while it reads leaves no digest of a part", async () => {
  const script = 'case $(readlink /proc/self/fd/0) in /dev/null) exec /usr/bin/openssl "$@" ;; esac';
  await using breaking = await pathBefore("openssl", `${script}\nhead -c 5 > /dev/null\nexit 1\n`);
  await using trial = await localTrial(breaking.path);
  const output = { path: `${trial.folder}/out` };
  const spec = { ...trial.spec(), stages: [sh("echo whole; echo more")] as const, output };
  await trial.server.jobs.start(spec);
  expect(await trial.over(spec.id)).toMatchObject({ state: "failed", firstFailure: "digest", sha256: null });
});

/** A PATH of busybox alone, without what servers may lack. */
async function barePath() {
  const applets = execFileSync(BUSYBOX, ["--list"], { encoding: "utf8" }).trim().split("\n");
  const path = await pathWith(
    BUSYBOX,
    applets.filter((name) => !MISSING.includes(name)),
  );
  return { path, [Symbol.asyncDispose]: () => removePath(path) };
}

describe.skipIf(!existsSync(BUSYBOX) && process.env.CI !== "true")(
  "a server job where many tools are missing",
  () => {
    test("runs, is fed, streams and is cancelled all the same, and says that there is no digest", async () => {
      await using bare = await barePath();
      await using trial = await localTrial(bare.path);
      const { jobs } = trial.server;
      const output = { path: `${trial.folder}/out` };
      const spec = { ...trial.spec(), stages: [sh("sleep 0.5; echo whole")] as const, output };
      await jobs.start(spec);
      expect(await trial.over(spec.id)).toMatchObject({ state: "done", bytes: 6, sha256: null });
      const fed = { ...trial.spec(), stages: [sh("wc -c")] as const };
      const view = await jobs.feed(fed, Readable.from([Buffer.alloc(70_000)]));
      expect(view).toMatchObject({ state: "done", printed: "70000\n", sha256: null });
      const flow = jobs.stream({ ...trial.spec(), stages: [sh("echo whole")] });
      expect((await buffer(flow.bytes)).toString()).toBe("whole\n");
      const long = { ...trial.spec(), stages: [sh("sleep 60")] as const };
      await jobs.start(long);
      expect((await jobs.cancel(long.journals, long.id)).state).toBe("cancelled");
    });
  },
);
