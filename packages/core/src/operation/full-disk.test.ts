import { randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { absentReason } from "@cofre/lab";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createInstallation, createInstallationKey } from "../archive/seal.ts";
import type { Specimen } from "../engine/conformance/specimen.ts";
import { reserveOf } from "../engine/disk-room.ts";
import { engineById } from "../engine/registry.ts";
import { createLocalServer } from "../host/local.ts";
import { directoryStore } from "../store/directory.ts";
import type { Store } from "../store/store.ts";
import { MYSQL_UNITS, startMysqlSpecimen } from "../testing/mysqlish-specimen.ts";
import { newWork } from "../testing/new-work.ts";
import { POSTGRES_UNITS, startPostgresSpecimen } from "../testing/postgres-specimen.ts";
import { type TemporaryFolder, temporaryFolder } from "../testing/temporary-folder.ts";
import type { RestoreBackup, TakenBackup } from "./requests.ts";
import { dropOld, restoreBackup } from "./restore-backup.ts";
import { takeBackup } from "./take-backup.ts";
import type { Work } from "./work.ts";

const MIB = 1024 * 1024;
const SLOW_MS = 240_000;
/** More than the disk holds besides what is left to its server: a load that nobody stops comes to its end there. */
const DATA_BYTES = 80 * MIB;
const SPARE_BYTES = 15 * MIB;
/** What a load takes, as long as a disk has time to be watched: the lab's own is in memory. */
const LOAD_MS = 5000;
const SLICE = 4096;
const installation = createInstallation("i", createInstallationKey());
const named = { id: "1", name: "loja", slug: "loja" };

interface Subject {
  readonly name: string;
  readonly engine: string;
  readonly absent: string | null;
  readonly units: readonly string[];
  readonly disk: string;
  start(): Promise<Asked>;
  /** Differs when its sessions were reset. A server that ends takes its container with it. */
  readonly startOf?: string;
  /** Of the unit's contents. Fingerprints of this much would take longer than everything else here, and room on that very disk. */
  readonly contents: string;
}

/** A server that is asked by its own SQL too. */
interface Asked extends Specimen<unknown> {
  sql(text: string, database: string): Promise<string>;
}

// checked: a specimen is only ever reached by the engine that it was started for
const asAny = (specimen: unknown) => specimen as Asked;

const SUBJECTS: readonly Subject[] = [
  {
    name: "PostgreSQL 18",
    engine: "postgres",
    absent: absentReason({ engine: "postgres", version: "18" }),
    units: POSTGRES_UNITS,
    disk: "/var/lib/postgresql",
    start: async () => asAny(await startPostgresSpecimen("18")),
    startOf:
      "select pg_postmaster_start_time(), (select backend_start from pg_stat_activity where backend_type = 'checkpointer')",
    contents:
      "select count(*), sum(hashtext(b::text)) from bulk b union all select count(*), sum(hashtext(c::text)) from customers c",
  },
  {
    name: "MySQL 9.7",
    engine: "mysql",
    absent: absentReason({ engine: "mysql", version: "9.7" }),
    units: MYSQL_UNITS.mysql,
    disk: "/var/lib/mysql",
    start: async () => asAny(await startMysqlSpecimen("mysql", "9.7")),
    contents:
      "select count(*), sum(crc32(body)) from bulk union all select count(*), sum(crc32(name)) from customers",
  },
];

describe.each(SUBJECTS)("$name", (subject) => {
  describe.skipIf(subject.absent)("whose disk fills up while a restore loads", () => {
    const server = createLocalServer();
    let folder: TemporaryFolder;
    let specimen: Asked;
    let taken: TakenBackup;

    beforeAll(async () => {
      folder = await temporaryFolder();
      specimen = await subject.start();
      await specimen.empty();
      await specimen.fill();
      await specimen.grow(DATA_BYTES);
      const engine = engineById(subject.engine);
      taken = await takeBackup(newWork(), {
        ...{ engine, reach: specimen.reach(), store: store(), codec: "zstd", digests: "none", installation },
        units: [unit],
        keyStem: `databases/loja/${subject.engine}/loja/backup`,
        onKey: async () => undefined,
        identity: {
          ...{ backupId: "b", runId: "r", organizationId: "o", project: named, server: named },
          ...{
            resource: { ...named, engine: subject.engine },
            origin: "manual",
            image: null,
            cofreVersion: "0.0.0",
          },
        },
      });
      await taken.settle();
    }, SLOW_MS);
    afterAll(async () => {
      await specimen?.[Symbol.asyncDispose]();
      await folder?.[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    });

    const store = () => directoryStore({ server, root: folder.path });
    const [unit = ""] = subject.units;
    const ask = (question: string) => specimen.sql(question, unit);
    const filler = `${subject.disk}/filler-${randomBytes(4).toString("hex")}`;
    const inside = async (argv: readonly [string, ...string[]]) => {
      const ran = await specimen.reach().host.run({ argv });
      if (ran.code !== 0) throw new Error(ran.stderr);
    };
    async function fillDisk(): Promise<void> {
      const { freeBytes, totalBytes } = await specimen.reach().host.files.space(subject.disk);
      const length = freeBytes - reserveOf(totalBytes) - SPARE_BYTES;
      await inside(["fallocate", "-l", String(length), filler]);
    }

    /** Gives the archive evenly over LOAD_MS once it is loaded. */
    function slowStore(isLoading: () => boolean): Store {
      const quick = store();
      const slowly = async function* (bytes: Readable) {
        for await (const chunk of bytes) {
          for (let at = 0; at < chunk.length; at += SLICE) {
            yield chunk.subarray(at, at + SLICE);
            await sleep((LOAD_MS * SLICE) / taken.manifest.archive.bytes);
          }
        }
      };
      return {
        ...quick,
        get: (key, options) => {
          const bytes = quick.get(key, options);
          return isLoading() ? Readable.from(slowly(bytes), { objectMode: false }) : bytes;
        },
      };
    }

    function requestOf({ id: tag, signal }: Work): RestoreBackup {
      const reach = specimen.reach({ tag, signal });
      return {
        engine: engineById(subject.engine),
        reach,
        store: store(),
        manifest: taken.manifest,
        units: [],
      };
    }

    test("it is stopped in time: the target is as it was and its server never noticed", {
      timeout: SLOW_MS,
    }, async () => {
      const backedUp = await ask(subject.contents);
      await specimen.change();
      const changed = await ask(subject.contents);
      const started = await ask(subject.startOf ?? "select 1");
      let isLoading = false;
      const work = newWork({
        report: ({ phase }) => {
          isLoading ||= phase === "loading";
        },
      });
      const request = { ...requestOf(work), store: slowStore(() => isLoading), protect: fillDisk };
      const told = await restoreBackup(work, request).then(
        () => undefined,
        (error: unknown) => error,
      );
      await inside(["rm", filler]);
      expect(told).toMatchObject({ code: "server.no-space", context: { targetChanged: false } });
      expect(await ask(subject.startOf ?? "select 1")).toBe(started);
      expect(await ask(subject.contents)).toBe(changed);
      expect(await specimen.leftovers(work.id)).toEqual([]);
      const again = newWork();
      await restoreBackup(again, requestOf(again));
      await dropOld(requestOf(again));
      expect(await ask(subject.contents)).toBe(backedUp);
    });
  });
});
