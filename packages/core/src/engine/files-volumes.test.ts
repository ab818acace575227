import { randomBytes } from "node:crypto";
import { absentReason } from "@cofre/lab";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { createLocalServer } from "../host/local.ts";
import { type Ground, here, putFiles, reachOf, takeFiles } from "../testing/files-ground.ts";
import { removeArchive } from "./conformance/carry.ts";
import { takeArchive } from "./conformance/take-archive.ts";
import { files } from "./files.ts";
import { FilesTarget } from "./files-target.ts";

const reason =
  process.getuid?.() === 0 ? absentReason({ engine: "redis", version: "7" }) : "volumes are read as root";
const name = `cofre-volume-${randomBytes(6).toString("hex")}`;
const server = createLocalServer("here");

async function docker(...words: string[]): Promise<string> {
  const ran = await server.run({ argv: ["docker", ...words] });
  if (ran.code !== 0) throw new Error(ran.stderr);
  return ran.stdout.trim();
}

const status = (): Promise<string> => docker("inspect", "-f", "{{.State.Status}}", name);

async function settled(): Promise<string> {
  for (let tries = 0; tries < 100 && (await status()) !== "running"; tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return await status();
}

const KILL =
  'for p in $(grep -ls "COFRE_JOB=$1" /proc/[0-9]*/environ | cut -d/ -f3); do kill -9 "$p"; done; true';

async function killed(ground: Ground, target: FilesTarget): Promise<string[]> {
  const reach = reachOf(ground, target);
  const seen: string[] = [];
  const whileDumping = async (): Promise<void> => {
    seen.push(await status());
    await server.run({ argv: ["sh", "-c", KILL, "x", reach.tag] });
  };
  const { units } = await files.inspect(reach);
  const taking = takeArchive(
    files,
    { reach, journals: ground.journals },
    { units: units.map((unit) => unit.name), whileDumping },
  );
  await expect(taking.then(removeArchive)).rejects.toMatchObject({ name: "Fault" });
  seen.push(await settled());
  const left = await server.run({
    argv: ["sh", "-c", 'sleep 0.5; ls -d /var/tmp/cofre-held-"$1"', "x", reach.tag],
  });
  seen.push(left.stdout);
  return seen;
}

describe.skipIf(reason !== null)(reason ?? "volumes", () => {
  let folder = "";

  beforeAll(async () => {
    const idle = "trap 'exit 0' TERM; while :; do sleep 0.1; done";
    await docker(
      "run",
      "-d",
      "--name",
      name,
      "--network",
      "none",
      "-v",
      `${name}:/data`,
      "--entrypoint",
      "sh",
      "redis:7",
      "-c",
      idle,
    );
    await docker("exec", name, "sh", "-c", "echo kept > /data/f; head -c 30000000 /dev/urandom > /data/big");
    folder = await docker("volume", "inspect", "-f", "{{.Mountpoint}}", name);
  }, 60_000);

  afterAll(async () => {
    await server.run({ argv: ["docker", "rm", "-f", name] });
    await server.run({ argv: ["docker", "volume", "rm", name] });
    await server[Symbol.asyncDispose]();
  }, 60_000);

  test("go out while their containers run, are paused or stopped, and come back", async () => {
    const ground = await here();
    for (const [containers, during, said] of [
      ["run", "running", /not of one moment/],
      ["pause", "paused", /of one moment, as after a power cut/],
      ["stop", "exited", /^$/],
    ] as const) {
      const target = FilesTarget.parse({ volumes: [name], containers });
      const seen: string[] = [];
      const archive = await takeFiles(ground, target, {
        units: [folder],
        whileDumping: async () => void seen.push(await status()),
      });
      seen.push(await status());
      expect(seen).toEqual([during, "running"]);
      expect(archive.warnings.join()).toMatch(said);
      expect(archive.facts[0]?.counts).toMatchObject({ files: 2, folders: 1 });
      if (containers !== "stop") continue;
      await docker("exec", name, "sh", "-c", "echo changed > /data/f");
      await putFiles(ground, archive);
      await docker("restart", name);
      expect(await docker("exec", name, "cat", "/data/f")).toBe("kept");
    }
  }, 90_000);

  test.each(["pause", "stop"] as const)(
    "start again after a %s when everything of the job is killed",
    async (containers) => {
      const ground = await here();
      const target = FilesTarget.parse({ volumes: [name], containers });
      expect(await killed(ground, target)).toEqual([
        containers === "pause" ? "paused" : "exited",
        "running",
        "",
      ]);
    },
    60_000,
  );

  test("start again at the next backup when the server itself went down", async () => {
    const ground = await here();
    const held = `/var/tmp/cofre-held-${randomBytes(16).toString("hex")}`;
    onTestFinished(async () => void (await server.run({ argv: ["rm", "-rf", held] })));
    await ground.sh(
      `mkdir ${held} && echo docker > ${held}/client && echo 1 > ${held}/pid && docker inspect -f '{{.Id}}' ${name} > ${held}/ids`,
    );
    await docker("pause", name);
    await takeFiles(ground, FilesTarget.parse({ volumes: [name], containers: "pause" }), {
      units: [folder],
    });
    expect(await status()).toBe("running");
    expect(await ground.sh(`ls -d ${held} 2> /dev/null; true`)).toBe("");
  }, 60_000);

  test("that are not there, or lie elsewhere, are refused by name, and so is a resource of nothing", async () => {
    expect(FilesTarget.safeParse({}).error?.issues).toMatchObject([
      { path: ["paths"], message: "name at least one path or one volume" },
    ]);
    const ground = await here();
    const reach = reachOf(ground, FilesTarget.parse({ volumes: [`${name}-missing`] }));
    await expect(files.inspect(reach)).rejects.toMatchObject({
      code: "target.missing",
      message: expect.stringContaining(name),
    });
    await docker(
      "volume",
      "create",
      "--opt",
      "type=none",
      "--opt",
      "o=bind",
      "--opt",
      `device=${ground.root}`,
      `${name}-bind`,
    );
    onTestFinished(async () => void (await docker("volume", "rm", `${name}-bind`)));
    const bound = reachOf(ground, FilesTarget.parse({ volumes: [`${name}-bind`] }));
    await expect(files.inspect(bound)).rejects.toMatchObject({
      code: "target.unsuitable",
      hint: expect.stringContaining(ground.root),
    });
  }, 30_000);
});
