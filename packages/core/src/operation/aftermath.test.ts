import { randomBytes } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { createInstallation, createInstallationKey } from "../archive/seal.ts";
import type { Engine, Restoration, Sink } from "../engine/engine.ts";
import { createLocalServer } from "../host/local.ts";
import { Fault } from "../model/fault.ts";
import { directoryStore } from "../store/directory.ts";
import { newWork } from "../testing/new-work.ts";
import { type TemporaryFolder, temporaryFolder } from "../testing/temporary-folder.ts";
import { type ToyTarget, toyEngine } from "../testing/toy-engine.ts";
import { journalsOn } from "./place.ts";
import type { RestoreBackup } from "./requests.ts";
import { recoverRestore, restoreBackup } from "./restore-backup.ts";
import { subId } from "./sub-id.ts";
import { takeBackup } from "./take-backup.ts";
import { VALIDATION } from "./validate-backup.ts";
import type { Step } from "./work.ts";

let folder: TemporaryFolder;
let note: string;
let asked: RestoreBackup;
const server = createLocalServer();

beforeAll(async () => {
  folder = await temporaryFolder();
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

/** The toy, but for some of what its restorations do. */
function toyThat(differs: (real: Restoration, target: ToyTarget) => Partial<Restoration>): Engine {
  const engine: Engine<ToyTarget> = {
    ...toyEngine,
    restore: (reach, request) => {
      const real = toyEngine.restore(reach, request);
      return { ...real, ...differs(real, reach.target) };
    },
  };
  return engine;
}

const broken = (context = {}) => new Fault("restore.failed", "the switch broke", { context });

beforeEach(async () => {
  const home = join(folder.path, randomBytes(4).toString("hex"));
  const notes = join(home, "notes");
  await mkdir(notes, { recursive: true });
  note = join(notes, "note");
  await writeFile(note, "as it was backed up");
  const engine = toyThat(() => ({}));
  const { signal } = new AbortController();
  const reach = {
    host: server,
    server,
    tag: randomBytes(16).toString("hex"),
    signal,
    target: { folder: notes },
  };
  const store = directoryStore({ server, root: join(home, "store") });
  const named = { id: "1", name: "loja", slug: "loja" };
  const { manifest } = await takeBackup(newWork(), {
    ...{ engine, reach, store, units: ["note"], codec: "none", digests: "auto", keyStem: "files/note" },
    onKey: async () => undefined,
    identity: {
      ...{ backupId: "b", runId: "r", organizationId: "o", origin: "manual", image: null, cofreVersion: "0" },
      ...{ project: named, server: named, resource: { ...named, engine: "toy" } },
    },
    installation: createInstallation("i", createInstallationKey()),
  });
  await writeFile(note, "as it is now");
  asked = { engine, reach, store, manifest, units: [] };
});

const failing = async (engine: Engine) => {
  const told: unknown = await restoreBackup(newWork(), { ...asked, engine }).catch((error: unknown) => error);
  return told instanceof Fault ? told.message : told;
};

test("a switch that failed with the target as it was says so, because the target did", async () => {
  const engine = toyThat(() => ({ commit: () => Promise.reject(broken()) }));
  expect(await failing(engine)).toBe("the switch broke; the target is as it was");
  expect(await readFile(note, "utf8")).toBe("as it is now");
});

test("a switch that emptied the target does not say that it is as it was", async () => {
  const commit = async () => {
    await writeFile(note, "");
    throw broken({ targetChanged: true });
  };
  expect(await failing(toyThat(() => ({ commit })))).toBe("the switch broke");
});

test("what is left beside the target is told, and so is a target that cannot be asked", async () => {
  const commit = () => Promise.reject(broken());
  const abort = async () => undefined;
  expect(await failing(toyThat(() => ({ commit, abort })))).toMatch(/left beside the target$/);
  const stage = () => Promise.reject(new Fault("target.unreachable", "it is silent"));
  expect(await failing(toyThat(() => ({ commit, stage })))).toMatch(/could not be asked \(it is silent\)$/);
});

test("nothing is protected where nothing is, and that is told; what cannot be asked is not passed over", async () => {
  const taken: (readonly string[])[] = [];
  const protect = async (units: readonly string[]) => void taken.push(units);
  const silent = toyThat(() => ({
    present: () => Promise.reject(new Fault("target.unreachable", "it is silent")),
  }));
  await expect(restoreBackup(newWork(), { ...asked, engine: silent, protect })).rejects.toThrow(
    "it is silent",
  );
  const { warnings } = await restoreBackup(newWork(), { ...asked, protect });
  await rm(note);
  const second = await restoreBackup(newWork(), { ...asked, protect });
  expect([warnings, second.warnings, taken]).toEqual([
    [],
    ["no safety backup was taken of note, because it was not there"],
    [["note"]],
  ]);
});

test("a switch that ended after all is a success, also for the worker that takes the restore up", async () => {
  let asks = 0;
  const late = toyThat((real) => ({
    commit: () => Promise.reject(broken()),
    stage: async () => {
      asks += 1;
      return asks > 1 ? "switched" : await real.stage();
    },
  }));
  expect(await failing(late)).toMatchObject({ keptOld: true });
  asks = 0;
  const taken = await recoverRestore(newWork(), { ...asked, engine: late, stores: [asked.store] });
  expect(taken).toMatchObject({ keptOld: true, warnings: [] });
});

test("a worker that takes up what emptied the target says that, and nothing else", async () => {
  const engine = toyThat(() => ({
    stage: async () => "staged",
    abort: () => Promise.reject(new Fault("restore.failed", "it is EMPTY now")),
  }));
  await expect(recoverRestore(newWork(), { ...asked, engine, stores: [] })).rejects.toThrow(
    "it is EMPTY now",
  );
});

test("an engine that writes over what is there says that it may hold a part, also when it was cancelled or taken up", async () => {
  const overwriting = toyThat(() => ({ stage: async () => "absent" }));
  const engine = { ...overwriting, capabilities: { ...overwriting.capabilities, atomicRestore: false } };
  const stop = new AbortController();
  const restoring = (phase: Step["phase"]) =>
    restoreBackup(
      {
        ...newWork(),
        signal: stop.signal,
        report: (step) => step.phase === phase && stop.abort(new Fault("job.cancelled", "it was cancelled")),
      },
      { ...asked, engine },
    );
  const half = { context: { targetChanged: true }, hint: expect.stringContaining("Restore again") };
  await expect(restoring("comparing")).rejects.toMatchObject({
    ...half,
    code: "restore.failed",
    message: "it was cancelled; the target may hold a part of the backup now",
  });
  await expect(recoverRestore(newWork(), { ...asked, engine, stores: [] })).rejects.toMatchObject({
    ...half,
    code: "job.interrupted",
  });
});

test("a cancel before anything is written stays a cancel", async () => {
  const overwriting = toyThat(() => ({ stage: async () => "absent" }));
  const engine = { ...overwriting, capabilities: { ...overwriting.capabilities, atomicRestore: false } };
  const stop = new AbortController();
  const protect = async () => stop.abort(new Fault("job.cancelled", "it was cancelled"));
  const restoring = restoreBackup({ ...newWork(), signal: stop.signal }, { ...asked, engine, protect });
  await expect(restoring).rejects.toMatchObject({ code: "job.cancelled", message: "it was cancelled" });
});

test("a validation that runs on when its worker dies is ended by the worker that takes the restore up", async () => {
  const sink: Sink = {
    via: "command",
    command: { argv: ["sh", "-c", "cat > /dev/null; sleep 300"] },
    on: server,
  };
  const engine: Engine = { ...toyThat(() => ({})), validate: () => ({ sink, conclude: () => [] }) };
  const dying = new AbortController();
  const work = { ...newWork(), signal: dying.signal };
  const restoring = restoreBackup(work, { ...asked, engine });
  restoring.catch(() => undefined);
  const journals = await journalsOn(server, asked.store);
  const state = async () =>
    (await server.jobs.poll(journals, [subId(work.id, VALIDATION)])).map((view) => view.state);
  await vi.waitUntil(async () => (await state())[0] === "running", { timeout: 20_000 });
  dying.abort(new Fault("job.interrupted", "the worker lets go"));
  await expect(restoring).rejects.toMatchObject({ code: "job.interrupted" });
  expect(await state()).toEqual(["running"]);
  const taken = recoverRestore({ ...newWork(), id: work.id }, { ...asked, engine, stores: [asked.store] });
  await expect(taken).rejects.toMatchObject({ code: "job.interrupted" });
  expect(await state()).toEqual(["absent"]);
});
