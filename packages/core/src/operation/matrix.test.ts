import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { absentReason, extentOf } from "@cofre/lab";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createInstallation, createInstallationKey } from "../archive/seal.ts";
import type { Engine, Reach } from "../engine/engine.ts";
import { engineById } from "../engine/registry.ts";
import { Fault } from "../model/fault.ts";
import { makePrivateKey, openSessionKey } from "../pipeline/openpgp-keys.ts";
import { directoryStore } from "../store/directory.ts";
import { s3Store } from "../store/s3.ts";
import type { Store } from "../store/store.ts";
import { everyWay, pairedWays, type Way } from "../testing/matrix.ts";
import { type Open, SUBJECTS } from "../testing/matrix-subjects.ts";
import { MINIO, type S3Bench, startBucket } from "../testing/s3-bench.ts";
import { type TemporaryFolder, temporaryFolder } from "../testing/temporary-folder.ts";
import { restoreBackup } from "./restore-backup.ts";
import { takeBackup } from "./take-backup.ts";
import type { Work } from "./work.ts";

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

/** The way that is asked for, or the only one that there is. */
function reachedBy({ reached }: Way, { specimen, inContainer, byPort }: Open) {
  const asItStands = { how: "as it stands", reach: () => specimen.reach() };
  return (reached === "in its container" ? inContainer : byPort) ?? asItStands;
}

async function goesOutAndComesBack(engine: Engine, open: Open, way: Way): Promise<void> {
  const { specimen } = open;
  await specimen.empty();
  await specimen.fill();
  const units = engine.capabilities.combinesUnits ? specimen.units : specimen.units.slice(0, 1);
  const before = await specimen.fingerprint(units);
  const reached = reachedBy(way, open);
  const reach = reached.reach();
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
  const back = engine.capabilities.restoreNeedsContainer
    ? (open.inContainer ?? specimen).reach()
    : reached.reach();
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
      const open = await subject.open(folder.path);
      try {
        for (const way of isWhole ? everyWay() : pairedWays(subject.index)) {
          const { codec, cipher, store } = way;
          const { how } = reachedBy(way, open);
          const line = `${subject.name.padEnd(34)} ${how.padEnd(21)} ${codec.padEnd(5)} ${cipher.padEnd(10)} ${store}`;
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
        await open[Symbol.asyncDispose]();
      }
    },
    isWhole ? 1_200_000 : 300_000,
  );
});
