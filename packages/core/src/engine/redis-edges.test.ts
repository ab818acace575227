import { absentReason, extentOf, sshServer } from "@cofre/lab";
import { describe, expect, onTestFinished, test } from "vitest";
import { connectSsh } from "../host/ssh.ts";
import { Fault } from "../model/fault.ts";
import { Secret } from "../model/secret.ts";
import {
  type RedisSpecimen,
  type RedisSpecimenOptions,
  startRedisSpecimen,
} from "../testing/redis-specimen.ts";
import {
  type Archive,
  archiveAround,
  checkArchive,
  dumpOf,
  load,
  openArchive,
  putArchive,
  removeArchive,
  restorationOf,
} from "./conformance/carry.ts";
import { takeArchive } from "./conformance/take-archive.ts";
import { redis } from "./redis.ts";
import { WHOLE_SERVER } from "./redis-target.ts";

const PASSWORD = "pass word";
const UNITS = [WHOLE_SERVER];

async function start(version: string, options: RedisSpecimenOptions = {}): Promise<RedisSpecimen> {
  const specimen = await startRedisSpecimen(version, { password: PASSWORD, ...options });
  onTestFinished(() => specimen[Symbol.asyncDispose]());
  return specimen;
}

async function take(specimen: RedisSpecimen): Promise<Archive> {
  const archive = await takeArchive(redis, carrier(specimen), { units: UNITS });
  onTestFinished(() => removeArchive(archive));
  return archive;
}

function carrier(specimen: RedisSpecimen, tag?: string) {
  return { reach: specimen.reach(tag === undefined ? {} : { tag }), journals: specimen.journals };
}

/** Loaded and counted beside the target, ready to be switched. */
async function loadedBeside(specimen: RedisSpecimen, archive: Archive) {
  const to = carrier(specimen);
  const restoration = restorationOf(redis, to.reach, archive);
  await restoration.check();
  await restoration.prepare();
  await restoration.loaded(await load(to, restoration, openArchive(archive)));
  return { restoration, tag: to.reach.tag, sidecar: `cofre-restore-${to.reach.tag}` };
}

async function docker(specimen: RedisSpecimen, ...words: string[]): Promise<string> {
  const ran = await specimen.server.run({ argv: [...specimen.container.client, ...words] });
  if (ran.code !== 0) throw new Error(ran.stderr);
  return ran.stdout.trim();
}

async function until(what: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 60_000; Date.now() < end; ) {
    if (await what()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error("it did not come to that within a minute");
}

async function role(specimen: RedisSpecimen): Promise<string | undefined> {
  return /^role:(\w+)/m.exec(await specimen.redis.cli(["INFO", "replication"]))?.[1];
}

async function setting(specimen: RedisSpecimen, name: string): Promise<string | undefined> {
  return (await specimen.redis.cli(["CONFIG", "GET", name])).split("\n")[1];
}

const startedAt = (specimen: RedisSpecimen) =>
  docker(specimen, "inspect", "-f", "{{.State.StartedAt}} {{.State.Running}}", specimen.container.container);

const VERSIONS = ["6", "7", "8"];
/** What a careful administrator takes away; each of them from one version, unless everything is asked of all. */
const RENAMED = [
  { appendonly: true, forbidden: ["REPLICAOF"] },
  { appendonly: false, forbidden: ["REPLICAOF", "CONFIG"] },
  { appendonly: true, forbidden: ["CONFIG"] },
];

function renamedFrom(version: string) {
  const isAll = extentOf("round trips") === "every promise";
  return RENAMED.filter((_, index) => isAll || VERSIONS[index] === version);
}

describe.each(VERSIONS)("Redis %s", (version) => {
  const reason = absentReason({ engine: "redis", version });
  describe.skipIf(reason !== null)(reason ?? "in the lab", () => {
    test.each([true, false])(
      "a dump is one whole RDB, sent without a file or with one (diskless %s), without a password",
      async (diskless) => {
        const specimen = await startRedisSpecimen(version, { diskless });
        onTestFinished(() => specimen[Symbol.asyncDispose]());
        await specimen.fill();
        const dump = await dumpOf(await take(specimen));
        expect(dump.subarray(0, 5).toString()).toBe("REDIS");
        expect(dump.at(-9)).toBe(0xff);
      },
      120_000,
    );

    test("after a live restore a restart with AOF keeps the restored data", async () => {
      const specimen = await start(version, { appendonly: true });
      await specimen.fill();
      const archive = await take(specimen);
      const before = await specimen.fingerprint(UNITS);
      await specimen.change();
      await putArchive(redis, carrier(specimen), { archive });
      await specimen.redis.stop();
      await specimen.redis.ready((await specimen.redis.start()).port);
      await until(async () => (await specimen.redis.cli(["INFO", "persistence"])).includes("loading:0"));
      expect(await specimen.fingerprint(UNITS)).toBe(before);
    }, 180_000);

    describe.each(renamedFrom(version))(
      "where $forbidden is renamed, with AOF $appendonly",
      ({ appendonly, forbidden }) => {
        const extra = forbidden.flatMap((command) => ["--rename-command", command, ""]);

        test("it is restored by a stop, and what is damaged never touches it", async () => {
          const specimen = await start(version, { appendonly, extra });
          await specimen.fill();
          const archive = await take(specimen);
          const before = await specimen.fingerprint(UNITS);
          await specimen.change();
          const changed = await specimen.fingerprint(UNITS);
          const running = await startedAt(specimen);
          const dump = await dumpOf(archive);
          const damaged = await archiveAround(archive, dump.subarray(0, dump.length - 20));
          const to = carrier(specimen);
          await expect(putArchive(redis, to, { archive: damaged })).rejects.toThrow();
          await removeArchive(damaged);
          expect(await startedAt(specimen)).toBe(running);
          expect(await specimen.fingerprint(UNITS)).toBe(changed);

          const restoring = carrier(specimen);
          await putArchive(redis, restoring, { archive });
          expect(await specimen.fingerprint(UNITS)).toBe(before);
          const again = restorationOf(redis, restoring.reach, archive);
          expect(await again.stage()).toBe("switched");
          await again.drop();
          expect(await specimen.leftovers(restoring.reach.tag)).toEqual([]);
          await specimen.redis.stop();
          await specimen.redis.ready((await specimen.redis.start()).port);
          await until(async () => (await specimen.redis.cli(["INFO", "persistence"])).includes("loading:0"));
          expect(await specimen.fingerprint(UNITS)).toBe(before);
        }, 300_000);
      },
    );
  });
});

const reason = absentReason({ engine: "redis", version: "7" });

describe.skipIf(reason !== null)(reason ?? "when a switch is killed half-way", () => {
  async function held() {
    const specimen = await start("7", { appendonly: true, extra: ["--masterauth", "their own"] });
    await specimen.fill();
    const archive = await take(specimen);
    await specimen.change();
    const before = await specimen.fingerprint(UNITS);
    const beside = await loadedBeside(specimen, archive);
    // A frozen server takes the connection and sends nothing: the target follows and waits.
    await signal(specimen, beside.sidecar, "STOP");
    const committed = beside.restoration.commit();
    committed.catch(() => undefined);
    await until(async () => (await role(specimen)) === "slave");
    return { specimen, archive, before, committed, ...beside };
  }

  async function signal(specimen: RedisSpecimen, sidecar: string, name: string): Promise<void> {
    const script = `for p in /proc/[0-9]*; do if [ "$(cat $p/comm)" = redis-server ]; then kill -${name} "\${p#/proc/}"; fi; done`;
    await docker(specimen, "exec", sidecar, "sh", "-c", script);
  }

  /** The watcher is the first process of the switch, its worker the second. */
  async function killInside(specimen: RedisSpecimen, tag: string, which: string): Promise<void> {
    const script = `grep -ls "COFRE_SWITCH=$1" /proc/[0-9]*/environ | cut -d/ -f3 | sort -n | sed -n '${which}p' | while read -r p; do kill -9 "$p"; done`;
    await specimen.redis.exec(["sh", "-c", script, "kill", tag]);
  }

  async function expectAsBefore({
    specimen,
    before,
    restoration,
    tag,
    sidecar,
  }: Awaited<ReturnType<typeof held>>) {
    expect(await role(specimen)).toBe("master");
    expect(await setting(specimen, "masterauth")).toBe("their own");
    expect(await setting(specimen, "replica-read-only")).toBe("yes");
    expect(await specimen.fingerprint(UNITS)).toBe(before);
    await signal(specimen, sidecar, "CONT").catch(() => undefined);
    await restoration.abort();
    expect(await restoration.stage()).toBe("absent");
    expect(await specimen.leftovers(tag)).toEqual([]);
  }

  test("its worker: the watcher puts the target back", async () => {
    const run = await held();
    await killInside(run.specimen, run.tag, "2");
    await expect(run.committed).rejects.toMatchObject({ code: "restore.failed" });
    await expectAsBefore(run);
  }, 180_000);

  test("both its processes: whoever waits for them puts the target back", async () => {
    const run = await held();
    await killInside(run.specimen, run.tag, "1,$");
    await expect(run.committed).rejects.toMatchObject({ code: "restore.failed" });
    await expectAsBefore(run);
  }, 180_000);

  test("the sidecar: the target stands alone again by itself", async () => {
    const run = await held();
    await docker(run.specimen, "rm", "-f", run.sidecar);
    await expect(run.committed).rejects.toMatchObject({ code: "restore.failed" });
    await expectAsBefore(run);
  }, 180_000);

  test("the worker of Cofre: what it left is put back by the next", async () => {
    const run = await held();
    await killInside(run.specimen, run.tag, "1,$");
    const reach = run.specimen.reach({ tag: run.tag });
    const next = restorationOf(redis, reach, run.archive);
    const silent = {
      ...reach.host,
      run: () => Promise.reject(new Fault("target.unreachable", "it is silent")),
    };
    const unseen = restorationOf(redis, { ...reach, host: silent }, run.archive);
    await expect(unseen.stage()).rejects.toMatchObject({ code: "target.unreachable" });
    await run.committed.catch(() => undefined);
    if ((await next.stage()) === "switched") return;
    await next.abort();
    await expectAsBefore(run);
  }, 180_000);

  test.each([
    ["its worker", "2p"],
    ["both its processes", "p"],
  ])(
    "where the target has to be stopped, kill -9 of %s leaves it running on the old data",
    async (_, which) => {
      const specimen = await start("7", { appendonly: true, extra: ["--rename-command", "REPLICAOF", ""] });
      await specimen.fill();
      const archive = await take(specimen);
      await specimen.change();
      const before = await specimen.fingerprint(UNITS);
      const { restoration, tag } = await loadedBeside(specimen, archive);
      const committed = restoration.commit();
      committed.catch(() => undefined);
      await until(async () => (await startedAt(specimen)).endsWith("false"));
      const script = `grep -ls "COFRE_SWITCH=$1" /proc/[0-9]*/environ | cut -d/ -f3 | sort -n | sed -n ${which} | while read -r p; do kill -9 "$p"; done`;
      await specimen.server.run({ argv: ["sh", "-c", script, "kill", tag] });
      await expect(committed).rejects.toMatchObject({ code: "restore.failed" });
      expect(await startedAt(specimen)).toMatch(/true$/);
      expect(await specimen.fingerprint(UNITS)).toBe(before);
      await restoration.abort();
      expect(await specimen.leftovers(tag)).toEqual([]);
    },
    180_000,
  );
});

describe.skipIf(reason !== null)(reason ?? "what is refused by name", () => {
  test("a replica and a cluster as targets, a replica that has lost its master as a source", async () => {
    const specimen = await start("7");
    await specimen.redis.cli(["SET", "a", "b"]);
    const archive = await take(specimen);
    await specimen.redis.cli(["REPLICAOF", "127.0.0.1", "1"]);
    const check = () => restorationOf(redis, specimen.reach(), archive).check();
    await expect(check()).rejects.toMatchObject({
      code: "target.unsuitable",
      message: /replica of 127.0.0.1:1/,
    });
    await expect(take(specimen)).rejects.toMatchObject({ code: "target.unsuitable" });
    const cluster = await start("7", { extra: ["--cluster-enabled", "yes"] });
    const into = () => restorationOf(redis, cluster.reach(), archive).check();
    await expect(into()).rejects.toMatchObject({ code: "target.unsuitable", message: /cluster/ });
  }, 120_000);

  test("more data than the target's maxmemory", async () => {
    const big = await start("7");
    await big.grow(16 << 20);
    const archive = await take(big);
    const small = await start("7", { extra: ["--maxmemory", "10mb"] });
    await expect(putArchive(redis, carrier(small), { archive })).rejects.toMatchObject({
      code: "target.unsuitable",
      message: /maxmemory/,
    });
  }, 120_000);

  test("a dump with something after its end, and two dumps in one", async () => {
    const specimen = await start("7");
    await specimen.redis.cli(["SET", "a", "b"]);
    const archive = await take(specimen);
    const dump = await dumpOf(archive);
    for (const bytes of [Buffer.concat([dump, Buffer.from("x")]), Buffer.concat([dump, dump])]) {
      const longer = await archiveAround(archive, bytes);
      onTestFinished(() => removeArchive(longer));
      const checked = checkArchive(redis, { bench: specimen.reach(), journals: specimen.journals }, longer);
      await expect(checked).rejects.toMatchObject({ code: "archive.damaged" });
    }
  }, 120_000);
});

const away = absentReason({ ssh: "docker" });

describe.skipIf(away !== null)(away ?? "on a server behind SSH, with docker by sudo", () => {
  test.each([{ extra: [] }, { extra: ["--rename-command", "REPLICAOF", ""] }])(
    "it is restored with $extra",
    async ({ extra }) => {
      const { host, port, hostKeys, key } = sshServer("docker");
      const [hostKey] = hostKeys;
      if (hostKey === undefined) throw new Error("the server has no host key");
      const auth = { privateKey: new Secret(key("ed25519").privateKey) };
      const server = await connectSsh({ name: "docker", host, port, hostKey, user: "deploy", auth });
      const { stdout } = await server.run({ argv: ["mktemp", "-d"] });
      const specimen = await start("7", { extra, through: { server, client: ["sudo", "-n", "docker"] } });
      const journals = stdout.trim();
      await specimen.fill();
      const before = await specimen.fingerprint(UNITS);
      const archive = await takeArchive(redis, { ...carrier(specimen), journals }, { units: UNITS });
      onTestFinished(() => removeArchive(archive));
      await specimen.change();
      const to = { ...carrier(specimen), journals };
      await putArchive(redis, to, { archive });
      expect(await specimen.fingerprint(UNITS)).toBe(before);
      await restorationOf(redis, to.reach, archive).drop();
      expect(await specimen.leftovers(to.reach.tag)).toEqual([]);
      await server.run({ argv: ["rm", "-rf", journals] });
    },
    180_000,
  );
});

const older =
  absentReason({ engine: "redis", version: "8" }) ?? absentReason({ engine: "redis", version: "6" });

describe.skipIf(older !== null)(older ?? "between versions", () => {
  test("an older backup goes into a newer server, a newer one is refused with both versions named", async () => {
    const old = await start("6");
    const recent = await start("8", { appendonly: true });
    await old.fill();
    const archive = await take(old);
    await putArchive(redis, carrier(recent), { archive });
    expect(await recent.redis.cli(["GET", "number"])).toBe("12345678901");
    const newer = await take(recent);
    await expect(putArchive(redis, carrier(old), { archive: newer })).rejects.toMatchObject({
      code: "engine.version",
      message: /8\.0.*6\.0/,
    });
  }, 180_000);
});
