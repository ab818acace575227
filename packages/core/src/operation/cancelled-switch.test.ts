import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createInstallation, createInstallationKey } from "../archive/seal.ts";
import type { Specimen } from "../engine/conformance/specimen.ts";
import { engineById } from "../engine/registry.ts";
import { createLocalServer } from "../host/local.ts";
import { Fault } from "../model/fault.ts";
import { directoryStore } from "../store/directory.ts";
import { type Open, SUBJECTS, type Subject } from "../testing/matrix-subjects.ts";
import { newWork } from "../testing/new-work.ts";
import { type TemporaryFolder, temporaryFolder } from "../testing/temporary-folder.ts";
import type { RestoreBackup, TakenBackup } from "./requests.ts";
import { dropOld, restoreBackup } from "./restore-backup.ts";
import { takeBackup } from "./take-backup.ts";
import type { Work } from "./work.ts";

const SLOW_MS = 240_000;
/** One of each that switches at once. Buckets do not, which their own suite tells of. */
const SWITCHING = [
  "PostgreSQL 18",
  "MariaDB 11.8",
  "Redis 8",
  "FerretDB 2.7, MongoDB's protocol",
  "files",
].map((name) => {
  const subject = SUBJECTS.find((one) => one.name === name);
  if (subject === undefined) throw new Error(`the matrix has no ${name}`);
  return subject;
});
const installation = createInstallation("i", createInstallationKey());
const named = { id: "1", name: "loja", slug: "loja" };

/** Work that is cancelled so long after its switch began. */
function cancelledWork(afterMs: number): Work {
  const cancel = new AbortController();
  const now = () => cancel.abort(new Fault("job.cancelled", "the work was cancelled"));
  const report: Work["report"] = ({ phase }) => {
    if (phase !== "switching") return;
    if (afterMs === 0) now();
    else void sleep(afterMs).then(now);
  };
  return newWork({ signal: cancel.signal, report });
}

describe.each(SWITCHING)("$name", (subject) => {
  describe.skipIf(subject.absent)("cancelled in the moment of its switch", () => {
    const server = createLocalServer();
    let folder: TemporaryFolder;
    let opened: Open;
    let taken: TakenBackup;
    let backedUp: string;

    beforeAll(async () => {
      folder = await temporaryFolder();
      opened = await subject.open(folder.path);
      await opened.specimen.empty();
      await opened.specimen.fill();
      taken = await take(subject, opened.specimen);
      backedUp = await fingerprint();
    }, SLOW_MS);
    afterAll(async () => {
      await opened?.[Symbol.asyncDispose]();
      await folder?.[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    });

    const store = () => directoryStore({ server, root: folder.path });
    const fingerprint = () => opened.specimen.fingerprint(taken.manifest.units.map(({ name }) => name));

    async function take({ engine: id }: Subject, specimen: Specimen<unknown>): Promise<TakenBackup> {
      const engine = engineById(id);
      const backup = await takeBackup(newWork(), {
        ...{ engine, reach: specimen.reach(), store: store(), codec: "zstd", digests: "none", installation },
        units: engine.capabilities.combinesUnits ? specimen.units : specimen.units.slice(0, 1),
        keyStem: `databases/loja/${id}/loja/backup`,
        onKey: async () => undefined,
        identity: {
          ...{ backupId: "b", runId: "r", organizationId: "o", project: named, server: named },
          ...{ resource: { ...named, engine: id }, origin: "manual", image: null, cofreVersion: "0.0.0" },
        },
      });
      await backup.settle();
      return backup;
    }

    function requestOf({ id: tag, signal }: Work): RestoreBackup {
      const reach = opened.specimen.reach({ tag, signal });
      const engine = engineById(subject.engine);
      return { engine, reach, store: store(), manifest: taken.manifest, units: [] };
    }

    test.each([0, 30])(
      "%d ms after it began, it has one or the other, whole",
      { timeout: SLOW_MS },
      async (afterMs) => {
        const { specimen } = opened;
        await specimen.empty();
        await specimen.fill();
        await specimen.change();
        const changed = await fingerprint();
        expect(changed).not.toBe(backedUp);
        const work = cancelledWork(afterMs);
        const request = requestOf(work);
        const told = await restoreBackup(work, request).then(
          () => undefined,
          (error: unknown) => error,
        );
        const now = await fingerprint();
        const kept = { ...request, reach: specimen.reach({ tag: work.id }) };
        if (told === undefined) {
          expect(now).toBe(backedUp);
          if (request.engine.capabilities.keepsOld) await dropOld(kept);
        } else {
          expect(told).toMatchObject({ code: "job.cancelled" });
          expect(now).toBe(changed);
          const again = newWork();
          const second = requestOf(again);
          await restoreBackup(again, second);
          if (second.engine.capabilities.keepsOld) await dropOld(second);
          expect(await fingerprint()).toBe(backedUp);
        }
        expect(await specimen.leftovers(work.id)).toEqual([]);
      },
    );
  });
});
