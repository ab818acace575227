import type { Restoration, RestoreRequest, Rider } from "../engine/engine.ts";
import type { UnitFacts } from "../model/engine.ts";
import { Fault, isFault, toFault } from "../model/fault.ts";
import { aftermath, hasChanged, perhapsHalf } from "./aftermath.ts";
import { fromWhicheverIsWhole } from "./copy-sources.ts";
import { factsOf } from "./facts.ts";
import { keepRoom, roomOfLoad } from "./keep-room.ts";
import { allJournalsOn } from "./place.ts";
import type { RecoverRestore, RestoreAtTarget, RestoreBackup, RestoredBackup } from "./requests.ts";
import { readRiders } from "./riders.ts";
import { subId } from "./sub-id.ts";
import { sweepOldAttempt } from "./sweep.ts";
import { type Unpacking, unpackInto } from "./unpacking.ts";
import { compareFacts, VALIDATION, validateBackup } from "./validate-backup.ts";
import type { Work } from "./work.ts";

const LOAD = "load";

/**
 * Restores a backup: refuse early, validate, protect, load to one side, compare, switch. On any failure before the switch everything
 * made beside the target is swept and the target is asked how it is: as it was, unless the fault says otherwise.
 */
export async function restoreBackup(work: Work, wanted: RestoreBackup): Promise<RestoredBackup> {
  work.report({ phase: "checking" });
  const { archive, result } = await fromWhicheverIsWhole(wanted, async ({ store, manifest }) =>
    validated(work, { ...wanted, store, manifest }),
  );
  const request = { ...wanted, store: archive.store, manifest: archive.manifest };
  const unprotected = await protect(work, request, result);
  const restored = await loadOrSweep(work, request, result);
  return { ...restored, warnings: [...unprotected, ...restored.warnings] };
}

async function loadOrSweep(
  work: Work,
  request: RestoreBackup,
  { asked, restoration }: Asked,
): Promise<RestoredBackup> {
  let hasBegun = false;
  try {
    work.signal.throwIfAborted();
    hasBegun = true;
    const facts = await loadAndSwitch(work, request, { asked, restoration });
    const warnings = restoration.warnings?.() ?? [];
    return { facts, keptOld: request.engine.capabilities.keepsOld, warnings };
  } catch (error) {
    // A worker that lets go leaves everything to the next one, which asks what stage it is in.
    if (work.signal.aborted && isFault(work.signal.reason, "job.interrupted")) throw error;
    const afterwards = withTimeLeft(request, asked);
    if (await isSwitched(afterwards)) return finished(request, asked, afterwards);
    const fault = await sweep(request, afterwards, hasBegun ? perhapsHalf(request, error) : error);
    if (fault === undefined) return finished(request, asked, afterwards);
    throw fault;
  }
}

/** Backs up what is there now, where it is there. Resolves with what is to be told of the rest. */
async function protect(
  work: Work,
  { protect: takeSafetyBackup }: RestoreBackup,
  { asked, restoration }: Asked,
): Promise<readonly string[]> {
  if (takeSafetyBackup === undefined) return [];
  work.report({ phase: "safety-backup" });
  const present = await restoration.present();
  if (present.length > 0) await takeSafetyBackup(present);
  const absent = asked.units.map(({ into }) => into).filter((name) => !present.includes(name));
  return absent.map((name) => `no safety backup was taken of ${name}, because it was not there`);
}

/** Which of the units are at the target now, under the names that they have there. */
export async function presentUnits(request: RestoreAtTarget): Promise<readonly string[]> {
  return await request.engine.restore(request.reach, requestWith(request, [])).present();
}

/** Nothing is changed by it, at the target or in the store: what one place does not have whole may be asked of the next. */
async function validated(work: Work, request: RestoreBackup): Promise<Asked> {
  const asked = await restoreRequest(request);
  const restoration = request.engine.restore(request.reach, asked);
  await restoration.check();
  await validateBackup(work, { ...request, depth: "readable", bench: request.reach });
  return { asked, restoration };
}

/** Longer than any sweep takes, so that a server that went silent does not hold the job for ever. */
const SWEEP_MS = 120_000;

/** The same restoration after its own signal was aborted: what is to be asked and swept then must still run. */
function withTimeLeft(request: RestoreBackup, asked: RestoreRequest): Restoration {
  return request.engine.restore({ ...request.reach, signal: AbortSignal.timeout(SWEEP_MS) }, asked);
}

/** The switch may have been made although its word never came back: the connection was lost, or a cancel came in that moment. */
async function isSwitched(restoration: Restoration): Promise<boolean> {
  try {
    return (await restoration.stage()) === "switched";
  } catch {
    // Whatever cannot be asked is swept, which says so when it cannot be done either.
    return false;
  }
}

function finished(request: RestoreAtTarget, asked: RestoreRequest, restoration: Restoration): RestoredBackup {
  const warnings = restoration.warnings?.() ?? [];
  return { facts: renamed(asked), keptOld: request.engine.capabilities.keepsOld, warnings };
}

/**
 * Takes up a restore whose worker died. A finished switch is a success; anything before it is swept, so that the target is as it
 * was, and the restore ends as interrupted.
 */
export async function recoverRestore(work: Work, request: RecoverRestore): Promise<RestoredBackup> {
  const { server } = request.reach;
  const asked = requestWith(request, []);
  const restoration = request.engine.restore(request.reach, asked);
  for (const journals of await allJournalsOn(server, request.stores)) {
    for (const part of [VALIDATION, LOAD]) await sweepOldAttempt(server.jobs, journals, subId(work.id, part));
  }
  if ((await restoration.stage()) === "switched") return finished(request, asked, restoration);
  await restoration.abort();
  const now = await aftermath(request, restoration);
  if (now === "switched") return finished(request, asked, restoration);
  const cut = new Fault("job.interrupted", `the restore was cut before its switch${now.says}`, {
    hint: "Start the restore again.",
    context: now.context,
  });
  throw perhapsHalf(request, cut);
}

/** Puts back what a restore replaced, while the old data is kept. */
export async function undoRestore(request: RestoreAtTarget): Promise<void> {
  await request.engine.restore(request.reach, requestWith(request, [])).undo();
}

/** Drops the old data that a restore kept. After it the restore cannot be undone. */
export async function dropOld(request: RestoreAtTarget): Promise<void> {
  await request.engine.restore(request.reach, requestWith(request, [])).drop();
}

interface Asked {
  readonly asked: RestoreRequest;
  readonly restoration: Restoration;
}

async function loadAndSwitch(
  work: Work,
  request: RestoreBackup,
  { asked, restoration }: Asked,
): Promise<readonly UnitFacts[]> {
  const { store, manifest, reach, unlock } = request;
  work.report({ phase: "loading", bytes: 0, totalBytes: manifest.archive.bytes });
  await restoration.prepare();
  const unpacking: Unpacking = {
    store,
    manifest,
    unlock,
    server: reach.server,
    sink: restoration.load,
    isWorking: restoration.isWorking,
    part: LOAD,
    phase: "loading",
    attempted: `loading ${manifest.archive.key}`,
    failure: "restore.failed",
  };
  const room = roomOfLoad(restoration.fills?.());
  const output = await keepRoom(work, room, (watched) => unpackInto(watched, unpacking));
  work.report({ phase: "comparing" });
  const facts = await restoration.loaded(output);
  compareFacts(renamed(asked), facts, "restore.mismatch");
  work.signal.throwIfAborted();
  work.report({ phase: "switching" });
  await restoration.commit();
  return facts;
}

/** The facts of the archive under the names that the units get at the target. */
function renamed({ facts, units }: RestoreRequest): readonly UnitFacts[] {
  return units.flatMap(({ from, into }) =>
    facts.filter((fact) => fact.name === from).map((fact) => ({ ...fact, name: into })),
  );
}

/** Resolves with what is to be told; undefined when the target has the restored data after all. */
async function sweep(
  request: RestoreBackup,
  restoration: Restoration,
  error: unknown,
): Promise<Fault | undefined> {
  const fault = toFault(error);
  try {
    await restoration.abort();
  } catch (sweeping) {
    if (hasChanged(toFault(sweeping))) return hasChanged(fault) ? fault : toFault(sweeping);
    return new Fault(
      // A cancel that left something is told as a failure: somebody must look.
      fault.code === "job.cancelled" ? "restore.failed" : fault.code,
      `${fault.message}; and what was made beside the target could not be removed: ${toFault(sweeping).message}`,
      {
        ...(fault.hint === undefined ? {} : { hint: fault.hint }),
        cause: error,
        context: fault.context,
      },
    );
  }
  const now = await aftermath(request, restoration);
  if (now === "switched") return undefined;
  return new Fault(fault.code, fault.message + (hasChanged(fault) ? "" : now.says), {
    ...(fault.hint === undefined ? {} : { hint: fault.hint }),
    cause: error,
    context: { ...now.context, ...fault.context },
  });
}

async function restoreRequest(request: RestoreBackup): Promise<RestoreRequest> {
  return requestWith(request, await readRiders(request.store, request.manifest));
}

/** What is already at the target is found by its names alone: the archive and its riders may be gone by then. */
function requestWith(
  { manifest, units, mode, choices }: RestoreAtTarget,
  riders: readonly Rider[],
): RestoreRequest {
  const own = manifest.units.map((unit) => ({ from: unit.name, into: unit.name }));
  return {
    units: units.length === 0 ? own : units,
    format: manifest.format,
    serverVersion: manifest.engineVersion,
    facts: factsOf(manifest),
    riders,
    ...(mode === undefined ? {} : { mode }),
    ...(choices === undefined ? {} : { choices }),
  };
}
