import { spawnSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { absentReason } from "@cofre/lab";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fileNameOf, recoveryKitText } from "../archive/recovery-kit.ts";
import { createInstallation, createInstallationKey } from "../archive/seal.ts";
import type { Specimen } from "../engine/conformance/specimen.ts";
import type { Engine } from "../engine/engine.ts";
import { files } from "../engine/files.ts";
import { postgres } from "../engine/postgres.ts";
import { redis } from "../engine/redis.ts";
import type { Server } from "../host/host.ts";
import { createLocalServer } from "../host/local.ts";
import { Fault } from "../model/fault.ts";
import { Secret } from "../model/secret.ts";
import { lockPrivateKey, makePrivateKey, openSessionKey } from "../pipeline/openpgp-keys.ts";
import { directoryStore } from "../store/directory.ts";
import { startFilesSpecimen } from "../testing/files-specimen.ts";
import { newWork } from "../testing/new-work.ts";
import { startPostgresSpecimen } from "../testing/postgres-specimen.ts";
import { startRedisSpecimen } from "../testing/redis-specimen.ts";
import { type TemporaryFolder, temporaryFolder } from "../testing/temporary-folder.ts";
import type { TakenBackup, Unlock } from "./requests.ts";
import { restoreBackup } from "./restore-backup.ts";
import { takeBackup } from "./take-backup.ts";
import { validateBackup } from "./validate-backup.ts";

const SLOW_MS = 240_000;
const key = await makePrivateKey("Loja");
const escrow = await makePrivateKey("escrow");
const installation = createInstallation("i", createInstallationKey());
const named = { id: "1", name: "loja", slug: "loja" };

let folder: TemporaryFolder;
/** This machine's programs, but no gpg. */
let bare: Server;

beforeAll(async () => {
  folder = await temporaryFolder();
  bare = createLocalServer("a server without gpg", { PATH: await programsWithoutGpg(folder.path) });
});
afterAll(async () => {
  await bare[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

async function programsWithoutGpg(root: string): Promise<string> {
  const programs = join(root, "programs");
  await mkdir(programs);
  for (const path of ["/usr/local/bin", "/usr/bin", "/usr/sbin"]) {
    for (const name of await readdir(path)) {
      if (!name.startsWith("gpg"))
        await symlink(join(path, name), join(programs, name)).catch(() => undefined);
    }
  }
  return programs;
}

const unlock: Unlock = async (head) => {
  const sessionKey = await openSessionKey(head, [key.armored]);
  if (sessionKey === undefined) throw new Fault("state.conflict", "none of our keys opens it");
  return sessionKey;
};

interface Trial<Target> {
  readonly engine: Engine<Target>;
  readonly specimen: Specimen<Target>;
  readonly server: Server;
}

async function take<Target>({ engine, specimen, server }: Trial<Target>): Promise<TakenBackup> {
  const taken = await takeBackup(newWork(), {
    engine,
    reach: { ...specimen.reach(), server },
    units: engine.capabilities.combinesUnits ? specimen.units : specimen.units.slice(0, 1),
    codec: "zstd",
    recipients: [escrow.known, key.known],
    digests: "none",
    store: directoryStore({ server, root: folder.path }),
    keyStem: `databases/loja/${engine.id}/loja/backup-${randomBytes(4).toString("hex")}`,
    onKey: async () => undefined,
    identity: {
      ...{ backupId: "b", runId: "r", organizationId: "o", project: named, server: named },
      resource: { ...named, engine: engine.id },
      ...{ origin: "manual", image: null, cofreVersion: "0.0.0" },
    },
    installation,
  });
  await taken.settle();
  return taken;
}

function restore<Target>({ engine, specimen, server }: Trial<Target>, { manifest }: TakenBackup) {
  const work = newWork();
  const store = directoryStore({ server, root: folder.path });
  const reach = { ...specimen.reach({ tag: work.id }), server };
  return restoreBackup(work, { engine, reach, store, manifest, unlock, units: [] });
}

/** Changed, then put back. */
async function comesBack<Target>(trial: Trial<Target>, taken: TakenBackup): Promise<void> {
  const { specimen } = trial;
  const units = taken.manifest.units.map((unit) => unit.name);
  const before = await specimen.fingerprint(units);
  await specimen.change();
  expect(await specimen.fingerprint(units)).not.toBe(before);
  await restore(trial, taken);
  expect(await specimen.fingerprint(units)).toBe(before);
}

/** Flipped where only the cipher's own digest would tell, and without its key. */
async function isRefused<Target>(trial: Trial<Target>, taken: TakenBackup): Promise<void> {
  const { specimen, server } = trial;
  const before = await specimen.fingerprint(specimen.units);
  const path = join(folder.path, taken.manifest.archive.key);
  const whole = await readFile(path);
  const flipped = Buffer.from(whole);
  flipped.writeUInt8(flipped.readUInt8(whole.length - 3) ^ 1, whole.length - 3);
  await writeFile(path, flipped);
  const sha256 = createHash("sha256").update(flipped).digest("hex");
  const manifest = { ...taken.manifest, archive: { ...taken.manifest.archive, sha256 } };
  await expect(restore(trial, { ...taken, manifest })).rejects.toMatchObject({ code: "archive.damaged" });
  await writeFile(path, whole);
  const store = directoryStore({ server, root: folder.path });
  const asked = { store, manifest: taken.manifest, depth: "intact" as const };
  await expect(validateBackup(newWork(), asked)).rejects.toMatchObject({ code: "state.conflict" });
  expect(await validateBackup(newWork(), { ...asked, unlock })).toMatchObject({ depth: "intact" });
  expect(await specimen.fingerprint(specimen.units)).toBe(before);
}

function tellsWhoOpensIt({ manifest }: TakenBackup): void {
  expect(manifest.archive.key).toMatch(/\.zst\.gpg$/);
  expect(manifest.archive.stages).toEqual(["zstd", "openpgp"]);
  expect(manifest.archive.recipients).toEqual([escrow.known.fingerprint, key.known.fingerprint]);
}

describe.skipIf(absentReason({ engine: "postgres", version: "18" }))(
  "an encrypted archive of PostgreSQL",
  () => {
    test("is made and opened on the server, and there alone", { timeout: SLOW_MS }, async () => {
      await using specimen = await startPostgresSpecimen("18");
      await specimen.empty();
      await specimen.fill();
      const trial = { engine: postgres, specimen, server: specimen.server };
      const taken = await take(trial);
      tellsWhoOpensIt(taken);
      expect(taken.manifest.warnings.join()).not.toContain("gpg");
      await isRefused(trial, taken);
      await comesBack(trial, taken);
    });
  },
);

describe.skipIf(absentReason({ engine: "redis", version: "7" }))("an encrypted archive of Redis", () => {
  test("is made and opened by Cofre where the server has no gpg, and says so", {
    timeout: SLOW_MS,
  }, async () => {
    await using specimen = await startRedisSpecimen("7");
    await specimen.fill();
    const trial = { engine: redis, specimen, server: bare };
    const taken = await take(trial);
    tellsWhoOpensIt(taken);
    expect(taken.manifest.warnings.join()).toMatch(/has no gpg .* went through Cofre/);
    await comesBack(trial, taken);
  });
});

test("an encrypted archive of files is opened by either side, whichever made it, and by gpg with the recovery kit", {
  timeout: SLOW_MS,
}, async () => {
  const server = createLocalServer();
  await using specimen = await startFilesSpecimen({ server, root: join(folder.path, "files"), secrets: [] });
  const there = { engine: files, specimen, server };
  const here = { engine: files, specimen, server: bare };
  await specimen.fill();
  const madeThere = await take(there);
  await isRefused(here, madeThere);
  await comesBack(here, madeThere);
  const madeHere = await take(here);
  await comesBack(there, madeHere);
  for (const { manifest } of [madeThere, madeHere]) await opensByKit(manifest.archive.key);
});

/** As a person would, in a shell with gpg and without Cofre: the kit's own line, word for word. */
async function opensByKit(archive: string): Promise<void> {
  const passphrase = new Secret(randomBytes(12).toString("hex"));
  const kit = recoveryKitText({
    ...{ name: "Loja é 1", key: key.known, code: "ABCD-EFGH", madeAt: new Date(), places: [folder.path] },
    lockedKey: await lockPrivateKey(key.armored, passphrase),
  });
  await using home = await temporaryFolder();
  await writeFile(join(home.path, fileNameOf("Loja é 1")), kit);
  // A person types it when gpg asks; without a terminal gpg takes it from its own configuration.
  await writeFile(join(home.path, "passphrase"), passphrase.reveal());
  await writeFile(
    join(home.path, "gpg.conf"),
    `batch\npinentry-mode loopback\npassphrase-file ${join(home.path, "passphrase")}\n`,
  );
  const [, assignments = "", line = ""] = /^ {2}(KIT=\S+) ARCHIVE=\S+\n {2}(.+)$/m.exec(kit) ?? [];
  const env = { PATH: process.env.PATH, GNUPGHOME: home.path, ARCHIVE: join(folder.path, archive) };
  const script = `${assignments}; ${line} && zstd -dc "\${ARCHIVE%.gpg}" | tar -t; gpgconf --kill gpg-agent; rm -f "\${ARCHIVE%.gpg}"`;
  const listed = spawnSync("sh", ["-c", script], { cwd: home.path, env, encoding: "utf8" });
  expect(listed.stdout, listed.stderr).toContain("numbers");
}
