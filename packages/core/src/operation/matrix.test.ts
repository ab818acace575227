import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { absentReason, extentOf, faultyTcpProxy, startMinio, startOtherS3 } from "@cofre/lab";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createInstallation, createInstallationKey } from "../archive/seal.ts";
import type { Specimen } from "../engine/conformance/specimen.ts";
import type { Engine, Reach } from "../engine/engine.ts";
import { engineById } from "../engine/registry.ts";
import { createLocalServer } from "../host/local.ts";
import { Fault } from "../model/fault.ts";
import { makePrivateKey, openSessionKey } from "../pipeline/openpgp-keys.ts";
import { directoryStore } from "../store/directory.ts";
import { s3Store } from "../store/s3.ts";
import type { Store } from "../store/store.ts";
import { startFilesSpecimen } from "../testing/files-specimen.ts";
import { everyWay, pairedWays, type Way } from "../testing/matrix.ts";
import { startMongoSpecimen } from "../testing/mongodb-specimen.ts";
import { startMysqlSpecimen } from "../testing/mysqlish-specimen.ts";
import { startPostgresSpecimen } from "../testing/postgres-specimen.ts";
import { startRedisSpecimen } from "../testing/redis-specimen.ts";
import { MINIO, type S3Bench, startBucket } from "../testing/s3-bench.ts";
import { startS3Specimen } from "../testing/s3-specimen.ts";
import { type TemporaryFolder, temporaryFolder } from "../testing/temporary-folder.ts";
import { restoreBackup } from "./restore-backup.ts";
import { takeBackup } from "./take-backup.ts";
import type { Work } from "./work.ts";

/** A server with its engine; without an address it is always reached as it stands. */
interface Open {
  readonly specimen: Specimen<unknown>;
  readonly ip?: string;
}

interface Subject {
  readonly name: string;
  readonly engine: string;
  readonly absent: string | null;
  open(): Promise<Open>;
}

// checked: a specimen is only ever reached by the engine that it was started for
const asAny = (specimen: unknown) => specimen as Specimen<unknown>;

const SUBJECTS: readonly Subject[] = [
  ...["13", "15", "17", "18"].map((version) => ({
    name: `PostgreSQL ${version}`,
    engine: "postgres",
    absent: absentReason({ engine: "postgres", version }),
    open: async () => {
      const specimen = await startPostgresSpecimen(version);
      return { specimen: asAny(specimen), ip: specimen.started.ip };
    },
  })),
  ...["10.11", "11.8"].map((version) => sqlSubject("mariadb", version)),
  sqlSubject("mysql", "9.7"),
  ...["6", "7", "8"].map((version) => ({
    name: `Redis ${version}`,
    engine: "redis",
    absent: absentReason({ engine: "redis", version }),
    open: async () => {
      const specimen = await startRedisSpecimen(version, { appendonly: true, password: "p w'd" });
      return { specimen: asAny(specimen), ip: specimen.redis.ip };
    },
  })),
  {
    name: "FerretDB 2.7, MongoDB's protocol",
    engine: "mongodb",
    absent: absentReason({ engine: "mongodb", version: "ferretdb-2.7" }),
    open: async () => {
      const specimen = await startMongoSpecimen();
      return { specimen: asAny(specimen), ip: specimen.started.ip };
    },
  },
  { name: "MinIO", engine: "s3", absent: absentReason(MINIO), open: () => openS3(startMinio) },
  {
    name: "versitygw",
    engine: "s3",
    absent: absentReason({ engine: "versitygw", version: "v1.8.0" }),
    open: () =>
      openS3(async () => ({ ...(await startOtherS3()), lacks: ["versions", "odd keys", "tags"] as const })),
  },
  {
    name: "files",
    engine: "files",
    absent: null,
    open: async () => {
      const root = join(folder.path, "files");
      return {
        specimen: asAny(await startFilesSpecimen({ server: createLocalServer(), root, secrets: [] })),
      };
    },
  },
];

function sqlSubject(engine: "mysql" | "mariadb", version: string): Subject {
  return {
    name: `${engine === "mysql" ? "MySQL" : "MariaDB"} ${version}`,
    engine,
    absent: absentReason({ engine, version }),
    open: async () => {
      const specimen = await startMysqlSpecimen(engine, version);
      return { specimen: asAny(specimen), ip: specimen.started.ip };
    },
  };
}

type Ground = Parameters<typeof startS3Specimen>[0]["ground"];

async function openS3(start: () => Promise<Ground>): Promise<Open> {
  const ground = await start();
  const proxy = await faultyTcpProxy({ target: ground });
  return { specimen: asAny(await startS3Specimen({ ground, proxy })) };
}

const lines: string[] = [];
const key = await makePrivateKey("matrix");
const installation = createInstallation("i", createInstallationKey());
const named = { id: "1", name: "loja", slug: "loja" };
let folder: TemporaryFolder;
let bucket: S3Bench;

beforeAll(async () => {
  folder = await temporaryFolder();
  if (withoutS3 === null) bucket = await startBucket();
});
afterAll(async () => {
  console.log(`what went out and came back, equal by its fingerprint:\n${lines.toSorted().join("\n")}`);
  await bucket?.[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

function storeOf({ store }: Way, reach: Reach<unknown>): Store {
  if (store === "in S3") return s3Store({ target: bucket.target, bucket: bucket.bucket, prefix: "matrix" });
  return directoryStore({ server: reach.server, root: join(folder.path, "store") });
}

function workOf({ tag, signal }: Reach<unknown>): Work {
  return { id: tag, owner: "i", signal, now: () => new Date(), stallMs: 60_000, report: () => undefined };
}

/** By host and port the tools are those of whoever asks: the container's own, that know nothing of it but its address. */
function reachBy({ reached }: Way, { specimen, ip }: Open): Reach<unknown> {
  const { container, ...reach } = specimen.reach();
  if (container === undefined) return reach;
  if (reached === "in its container" || ip === undefined) return { ...reach, container };
  return { ...reach, target: Object.assign({}, reach.target, { host: ip }) };
}

async function goesOutAndComesBack(engine: Engine, open: Open, way: Way): Promise<void> {
  const { specimen } = open;
  await specimen.empty();
  await specimen.fill();
  const units = engine.capabilities.combinesUnits ? specimen.units : specimen.units.slice(0, 1);
  const before = await specimen.fingerprint(units);
  const reach = reachBy(way, open);
  const store = storeOf(way, reach);
  const taken = await takeBackup(workOf(reach), {
    ...{ engine, reach, units, store, codec: way.codec, digests: "none", installation },
    ...(way.cipher === "encrypted" ? { recipients: [key.known] } : {}),
    keyStem: `databases/loja/${engine.id}/loja/backup-${randomBytes(4).toString("hex")}`,
    onKey: async () => undefined,
    identity: {
      ...{ backupId: "b", runId: "r", organizationId: "o", project: named, server: named },
      resource: { ...named, engine: engine.id },
      ...{ origin: "manual", image: null, cofreVersion: "0.0.0" },
    },
  });
  await taken.settle();
  await specimen.change();
  expect(await specimen.fingerprint(units)).not.toBe(before);
  const back = engine.capabilities.restoreNeedsContainer ? specimen.reach() : reachBy(way, open);
  await restoreBackup(workOf(back), {
    ...{ engine, reach: back, store, manifest: taken.manifest, units: [] },
    unlock: async (head) => {
      const sessionKey = await openSessionKey(head, [key.armored]);
      if (sessionKey === undefined) throw new Fault("state.conflict", "the key does not open it");
      return sessionKey;
    },
  });
  expect(await specimen.fingerprint(units)).toBe(before);
}

test("two ways for each of four subjects meet every pair of choices", () => {
  const ways = [0, 1, 2, 3].flatMap(pairedWays).map((way) => Object.values(way));
  for (const [first, second] of [
    [0, 1],
    [0, 2],
    [0, 3],
    [1, 2],
    [1, 3],
    [2, 3],
  ] as const) {
    expect(new Set(ways.map((way) => `${way[first]}, ${way[second]}`)).size).toBe(4);
  }
});

const withoutS3 = absentReason(MINIO);
const isWhole = extentOf("round trips") === "every promise";

describe.each(SUBJECTS.map((subject, index) => ({ ...subject, index })))("$name", (subject) => {
  test.skipIf(subject.absent)(
    subject.absent ?? "goes out and comes back",
    async () => {
      const open = await subject.open();
      try {
        for (const way of isWhole ? everyWay() : pairedWays(subject.index)) {
          const { codec, cipher, store } = way;
          const reached = open.ip === undefined ? "as it stands" : way.reached;
          const line = `${subject.name.padEnd(34)} ${reached.padEnd(17)} ${codec.padEnd(5)} ${cipher.padEnd(10)} ${store}`;
          if (store === "in S3" && withoutS3 !== null) {
            lines.push(`${line}: left out, ${withoutS3}`);
            continue;
          }
          await goesOutAndComesBack(engineById(subject.engine), open, way).catch((error: unknown) => {
            throw new Error(line, { cause: error });
          });
          lines.push(line);
        }
      } finally {
        await open.specimen[Symbol.asyncDispose]();
      }
    },
    isWhole ? 1_200_000 : 300_000,
  );
});
