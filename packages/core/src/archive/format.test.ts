import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { absentReason, isLabUp, readLab, startRedis } from "@cofre/lab";
import { describe, expect, test } from "vitest";
import type { Engine, Reach } from "../engine/engine.ts";
import { engineById, engines } from "../engine/registry.ts";
import { containerHost } from "../host/container.ts";
import { createLocalServer } from "../host/local.ts";
import type { ManifestIdentity, TakenBackup } from "../operation/requests.ts";
import { takeBackup } from "../operation/take-backup.ts";
import type { CodecId } from "../pipeline/stage.ts";
import { directoryStore } from "../store/directory.ts";
import { startPostgresSpecimen } from "../testing/postgres-specimen.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { keyStem } from "./layout.ts";
import { KIT_COMMANDS, recoveryKitText } from "./recovery-kit.ts";
import { createInstallation, createInstallationKey } from "./seal.ts";

const FORMAT = await readFile(new URL("../../FORMAT.md", import.meta.url), "utf8");
const SLOW_MS = 240_000;
const WELL = { status: 0, said: "" };

interface Take {
  readonly engine: Engine;
  readonly reach: Reach<unknown>;
  readonly unit: string;
  readonly root: string;
  readonly format?: string;
  readonly codec?: CodecId;
}

function engine(id: string): Engine {
  const found = engineById(id);
  if (found === undefined) throw new Error(`there is no engine ${id}`);
  return found;
}

/** Takes a real backup into a folder of this machine; the path is the archive's. */
async function take({
  engine,
  reach,
  unit,
  root,
  format,
  codec = "zstd",
}: Take): Promise<TakenBackup & { readonly path: string }> {
  const { installation, work } = ground(reach.tag);
  const taken = await takeBackup(work, {
    engine,
    reach,
    units: [unit],
    ...(format === undefined ? {} : { format }),
    codec,
    digests: "none",
    store: directoryStore({ server: reach.server, root }),
    keyStem: stem(engine, unit),
    onKey: async () => undefined,
    identity: identity(engine),
    installation,
  });
  await taken.settle();
  return { ...taken, path: join(root, taken.manifest.archive.key) };
}

function stem({ id, kind }: Engine, unit: string): string {
  const place = { kind, engine: id, project: "loja", resource: "loja" };
  return keyStem({ ...place, units: [unit], at: new Date(), timeZone: "UTC" });
}

function identity({ id }: Engine): ManifestIdentity {
  const named = { id: "1", name: "loja", slug: "loja" };
  return {
    backupId: "b",
    runId: "r",
    organizationId: "o",
    project: named,
    resource: { ...named, engine: id },
    server: named,
    origin: "manual",
    image: null,
    cofreVersion: "0.0.0",
  };
}

function ground(id: string) {
  const signal = new AbortController().signal;
  const installation = createInstallation("i", createInstallationKey());
  const work = { id, owner: "i", signal, now: () => new Date(), stallMs: 60_000, report: () => undefined };
  return { installation, work };
}

/** The block of FORMAT.md that carries this word behind `sh`, as it stands there. */
function oneLiner(word: string): string {
  const block = new RegExp(`^\`\`\`sh ${word}\\n([\\s\\S]*?)^\`\`\`$`, "m").exec(FORMAT)?.[1];
  if (block === undefined) throw new Error(`FORMAT.md has no command ${word}`);
  return block;
}

/** Runs a block in a POSIX shell, where `docker` is the lab's; for gzip with the one word changed that FORMAT.md says to change. */
function byHand(word: string, { codec = "zstd", ...env }: Readonly<Record<string, string>>, cwd: string) {
  const client = isLabUp() ? readLab().docker.join(" ") : "docker";
  const script = `docker() { command ${client} "$@"; }\n${oneLiner(word).replaceAll("zstd", codec)}`;
  const { status, stdout, stderr } = spawnSync("sh", ["-c", script], {
    cwd,
    env: { PATH: process.env.PATH, ...env },
    encoding: "utf8",
  });
  return { status, said: stdout + stderr };
}

describe.skipIf(absentReason({ engine: "postgres", version: "15" }))(
  "without Cofre, FORMAT.md restores PostgreSQL",
  () => {
    test.each(["postgres-custom", "postgres-plain"])(
      "from %s, and the same by its digest",
      { timeout: SLOW_MS },
      async (format) => {
        await using folder = await temporaryFolder();
        await using specimen = await startPostgresSpecimen("15");
        await specimen.empty();
        await specimen.fill();
        const backup = {
          engine: engine("postgres"),
          reach: specimen.reach(),
          unit: "shop",
          root: folder.path,
          format,
        };
        const { path, manifest } = await take(backup);
        expect(byHand("check", { ARCHIVE: path }, folder.path)).toMatchObject({
          status: 0,
          said: `${path}: OK\n`,
        });
        expect(manifest.format.name).toBe(format);

        const { user: DBUSER, id: CONTAINER } = specimen.started;
        const env = { ARCHIVE: path, CONTAINER, DBUSER, DATABASE: "by_hand" };
        expect(byHand("postgres-new", env, folder.path)).toEqual(WELL);
        expect(byHand(format, env, folder.path).status).toBe(0);
        const original = await specimen.fingerprint(["shop"]);
        expect(withoutDatabase(await specimen.fingerprint(["by_hand"]))).toBe(withoutDatabase(original));

        await specimen.started.sql("alter database shop rename to shop_old", "postgres");
        expect(byHand("postgres-globals", env, folder.path).said).toContain("already exists");
        expect(byHand("postgres-database", env, folder.path)).toEqual(WELL);
        expect(byHand(format, { ...env, DATABASE: "shop" }, folder.path).status).toBe(0);
        expect(await specimen.fingerprint(["shop"])).toBe(original);

        const whole = await readFile(path);
        await writeFile(path, whole.subarray(0, whole.length - 20_000));
        expect(byHand("check", { ARCHIVE: path }, folder.path).status).not.toBe(0);
        byHand("postgres-new", { ...env, DATABASE: "cut" }, folder.path);
        const cut = byHand(format, { ...env, DATABASE: "cut" }, folder.path);
        expect(cut.status).not.toBe(0);
        expect(
          await specimen.started.sql("select count(*) from pg_tables where schemaname = 'public'", "cut"),
        ).toBe("0");
      },
    );
  },
);

describe.skipIf(absentReason({ engine: "redis", version: "7" }))(
  "without Cofre, FORMAT.md restores Redis",
  () => {
    test("into a new server, and from there into one that runs with AOF on", {
      timeout: SLOW_MS,
    }, async () => {
      await using folder = await temporaryFolder();
      await using original = await startRedis("7");
      await original.cli(["RPUSH", "list: 🗝️", "a", "b b", "c"]);
      await original.cli(["SET", "counter", "41"]);
      const digest = await original.cli(["DEBUG", "DIGEST"]).catch(() => undefined);
      await using server = createLocalServer();
      const [client = "docker", ...words] = readLab().docker;
      const box = { client: [client, ...words] as [string, ...string[]], container: original.id };
      const reach: Reach<unknown> = {
        host: containerHost(server, box),
        server,
        target: { host: "127.0.0.1", port: 6379 },
        container: { ...box, image: "redis:7" },
        tag: randomBytes(16).toString("hex"),
        signal: new AbortController().signal,
      };
      const [unit] = (await engine("redis").inspect(reach)).units;
      const { path } = await take({
        engine: engine("redis"),
        reach,
        unit: unit?.name ?? "",
        root: folder.path,
      });

      const name = `by-hand-${randomBytes(5).toString("hex")}`;
      const image = readLab().images.redis?.["7"] ?? "";
      try {
        const env = { ARCHIVE: path, CONTAINER: name, IMAGE: image };
        expect(byHand("redis", env, folder.path)).toMatchObject({ status: 0 });
        expect(docker(["exec", name, "redis-cli", "LRANGE", "list: 🗝️", "0", "-1"])).toBe("a\nb b\nc");
        const SOURCE = docker([
          "inspect",
          "-f",
          "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}",
          name,
        ]);
        await using running = await startRedis("7", { appendonly: true, network: "bridge" });
        await running.cli(["SET", "since", "gone"]);
        expect(byHand("redis-follow", { CONTAINER: running.id, SOURCE }, folder.path)).toMatchObject({
          status: 0,
        });
        expect(await running.cli(["KEYS", "*"])).not.toContain("since");
        expect(await running.cli(["GET", "counter"])).toBe("41");
        expect(await running.cli(["DEBUG", "DIGEST"]).catch(() => undefined)).toBe(digest);
        expect(await running.cli(["INFO", "replication"])).toContain("role:master");
      } finally {
        docker(["rm", "-fv", name]);
      }
    });
  },
);

test.each(["zstd", "gzip"] as const)("without Cofre, FORMAT.md unpacks files packed by %s", async (codec) => {
  await using folder = await temporaryFolder();
  const from = join(folder.path, "from");
  await mkdir(join(from, "deep"), { recursive: true });
  await writeFile(join(from, "deep/it's a file"), "content");
  await using server = createLocalServer();
  const tag = randomBytes(16).toString("hex");
  const signal = new AbortController().signal;
  const { path: ARCHIVE } = await take({
    ...{ engine: engine("files"), unit: from, root: folder.path, codec },
    reach: { host: server, server, target: { paths: [from] }, tag, signal },
  });
  const FOLDER = join(folder.path, "to here");
  expect(byHand("check", { ARCHIVE }, folder.path)).toMatchObject({ status: 0 });
  expect(byHand("files", { ARCHIVE, FOLDER, codec }, folder.path)).toMatchObject({ status: 0 });
  expect(await readFile(join(FOLDER, from, "deep/it's a file"), "utf8")).toBe("content");
});

test("the recovery kit says what FORMAT.md says, word for word", () => {
  const blocks = [...FORMAT.matchAll(/^```sh \S+\n([\s\S]*?)\n```$/gm)].map(([, block]) => block);
  for (const command of KIT_COMMANDS) expect(blocks).toContain(command);
  const key = { fingerprint: "AB", algorithm: "x" };
  const kit = { name: "n", key, lockedKey: "", code: "c", madeAt: new Date(), places: [] };
  for (const command of KIT_COMMANDS) expect(recoveryKitText(kit)).toContain(`${command}\n`);
  for (const format of engines.flatMap(({ formats }) => formats)) expect(FORMAT).toContain(`\`${format}\``);
});

function docker(argv: readonly string[]): string {
  const [client = "docker", ...words] = readLab().docker;
  return spawnSync(client, [...words, ...argv], { encoding: "utf8" }).stdout.trim();
}

/** Owner, settings and grants of the database itself belong to its name, not to what is in it. */
function withoutDatabase(fingerprint: string): string {
  return fingerprint
    .split("\n")
    .filter((line) => !line.startsWith("database "))
    .join("\n");
}
