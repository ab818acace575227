import { randomBytes } from "node:crypto";
import { cp, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { absentReason, faultyTcpProxy, startMinio } from "@cofre/lab";
import { describe, expect, test } from "vitest";
import type { Reach } from "../engine/engine.ts";
import { engineById, engines } from "../engine/registry.ts";
import { createLocalServer } from "../host/local.ts";
import type { UnitFacts } from "../model/engine.ts";
import { restoreBackup } from "../operation/restore-backup.ts";
import { directoryStore } from "../store/directory.ts";
import { startMongoSpecimen } from "../testing/mongodb-specimen.ts";
import { startMysqlSpecimen } from "../testing/mysqlish-specimen.ts";
import { startPostgresSpecimen } from "../testing/postgres-specimen.ts";
import { startRedisSpecimen } from "../testing/redis-specimen.ts";
import { MINIO } from "../testing/s3-bench.ts";
import { startS3Specimen } from "../testing/s3-specimen.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { createInstallation, createInstallationKey, openManifest } from "./seal.ts";

const FROZEN = join(import.meta.dirname, "fixtures");

/** Somewhere to restore to, and the name that the one unit gets there. */
interface Ground extends AsyncDisposable {
  readonly reach: Reach<unknown>;
  readonly into?: string;
}

const GROUNDS: Readonly<
  Record<string, { readonly absent: () => string | null; readonly open: () => Promise<Ground> }>
> = {
  postgres: {
    absent: () => absentReason({ engine: "postgres", version: "18" }),
    open: async () => groundOf(await startPostgresSpecimen("18")),
  },
  mysql: {
    absent: () => absentReason({ engine: "mysql", version: "9.7" }),
    open: async () => groundOf(await startMysqlSpecimen("mysql", "9.7")),
  },
  mariadb: {
    absent: () => absentReason({ engine: "mariadb", version: "11.8" }),
    open: async () => groundOf(await startMysqlSpecimen("mariadb", "11.8")),
  },
  mongodb: {
    absent: () => absentReason({ engine: "mongodb", version: "ferretdb-2.7" }),
    open: async () => groundOf(await startMongoSpecimen()),
  },
  redis: {
    absent: () => absentReason({ engine: "redis", version: "7" }),
    open: async () => groundOf(await startRedisSpecimen("7")),
  },
  s3: {
    absent: () => absentReason(MINIO),
    open: async () => {
      const ground = await startMinio();
      return groundOf(await startS3Specimen({ ground, proxy: await faultyTcpProxy({ target: ground }) }));
    },
  },
  files: { absent: () => null, open: openFolder },
};

function groundOf(specimen: { reach(): Reach<unknown> } & AsyncDisposable): Ground {
  return { reach: specimen.reach(), [Symbol.asyncDispose]: () => specimen[Symbol.asyncDispose]() };
}

async function openFolder(): Promise<Ground> {
  const folder = await temporaryFolder();
  const server = createLocalServer();
  const into = join(folder.path, "restored");
  const target = engineById("files").configSchema.parse({ paths: [into] });
  return {
    into,
    reach: { host: server, server, target, tag: newTag(), signal: new AbortController().signal },
    [Symbol.asyncDispose]: async () => {
      await server[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

function newTag(): string {
  return randomBytes(16).toString("hex");
}

/** The one manifest in a frozen store, however deep. */
async function manifestIn(root: string): Promise<string> {
  const names = await readdir(root, { recursive: true });
  const [name, ...more] = names.filter((one) => /\.(zst|gz)\.json$/.test(one));
  if (name === undefined || more.length > 0) throw new Error(`${root} has ${more.length + 1} manifests`);
  return await readFile(join(root, name), "utf8");
}

/** Facts with the unit's name left out, which may differ at the target. */
function bare(facts: readonly UnitFacts[]): readonly Omit<UnitFacts, "name">[] {
  return facts.map(({ name, ...fact }) => fact);
}

const stranger = createInstallation("stranger", createInstallationKey());
const folders = (await readdir(FROZEN, { withFileTypes: true })).filter((entry) => entry.isDirectory());

describe.each(folders.map(({ name }) => name))("the frozen archive %s", (name) => {
  test("is restored, to the counts and digests that were noted when it was made", async ({ skip }) => {
    await using folder = await temporaryFolder();
    const root = join(folder.path, "store");
    await cp(join(FROZEN, name), root, { recursive: true });
    const { manifest, standing } = openManifest(await manifestIn(root), stranger);
    expect(standing).toBe("foreign");
    const engine = engineById(manifest.resource.engine);
    const at = GROUNDS[engine.id];
    if (at === undefined) throw new Error(`nothing is said about where to restore ${engine.id} to`);
    const reason = at.absent();
    if (reason !== null) skip(reason);
    await using ground = await at.open();
    const [unit] = manifest.units;
    const units =
      ground.into === undefined || unit === undefined ? [] : [{ from: unit.name, into: ground.into }];
    const store = directoryStore({ server: ground.reach.server, root });
    const { reach } = ground;
    const { signal } = reach;
    const work = {
      id: reach.tag,
      owner: "stranger",
      signal,
      now: () => new Date(),
      stallMs: 60_000,
      report: () => undefined,
    };
    const { facts } = await restoreBackup(work, { engine, reach, store, manifest, units });
    const expected: readonly UnitFacts[] = JSON.parse(await readFile(join(root, "expected.json"), "utf8"));
    expect(bare(facts)).toEqual(bare(expected));
  }, 120_000);
});

test("every engine has a frozen archive of each of its formats", () => {
  const formats = engines.flatMap((engine) => engine.formats.map((format) => `${format}-v1`));
  expect(folders.map(({ name }) => name)).toEqual(expect.arrayContaining(formats));
});
