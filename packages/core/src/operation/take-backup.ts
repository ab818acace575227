import { riderKey } from "../archive/layout.ts";
import type { DumpPlan, DumpRemains } from "../engine/engine.ts";
import { Fault, isFault, toFault } from "../model/fault.ts";
import type { Carriage } from "./carriage.ts";
import { keepRoom, roomOfStore } from "./keep-room.ts";
import { type Landed, landHere, landThere, landThrough } from "./landing.ts";
import { packersFor } from "./packers.ts";
import { placeOn } from "./place.ts";
import { publishManifest, type Taken } from "./publish.ts";
import { removeBackup } from "./remove-backup.ts";
import type { TakeBackup, TakenBackup } from "./requests.ts";
import type { Work } from "./work.ts";

/**
 * Takes one backup. The archive becomes visible only after every program exited 0, the stream ended, the format's own trailer was
 * judged and the digest is known. Started again with the same `work.id` it finds what an earlier attempt left on the server.
 */
export async function takeBackup(work: Work, request: TakeBackup): Promise<TakenBackup> {
  work.report({ phase: "checking" });
  const startedAt = work.now();
  const [plan, { stages, here, warnings }] = await Promise.all([
    request.engine.dump(request.reach, {
      units: request.units,
      digests: request.digests,
      anywhere: request.anywhere === true,
      ...(request.format === undefined ? {} : { format: request.format }),
    }),
    packersFor(request, work.signal),
    checkSpace(request),
  ]);
  const all = [...stages, ...here];
  const extension = plan.format.extension + all.map((stage) => stage.extension).join("");
  const carriage = { request, plan, stages, here, extension };
  const landed = await landOrSweep(work, carriage);
  const facts = await concludeOrDiscard(request, plan, landed);
  const key = await landed.publish();
  work.report({ phase: "storing", bytes: landed.bytes, totalBytes: landed.bytes });
  const taken = {
    facts: facts.facts,
    warnings: [...warnings, ...facts.warnings],
    plan,
    stages: all.map((stage) => stage.id),
    archive: { key, bytes: landed.bytes, sha256: landed.sha256 },
    startedAt,
    completedAt: work.now(),
  };
  const manifest = await publishManifest(request, taken).catch(async (error: unknown) => {
    throw isLettingGo(work) ? error : await takenBack({ request, landed, taken }, error);
  });
  return { ...manifest, settle: () => landed.settle() };
}

/** A worker that lets go leaves everything to the next one. */
function isLettingGo({ signal }: Work): boolean {
  return signal.aborted && isFault(signal.reason, "job.interrupted");
}

interface Published {
  readonly request: TakeBackup;
  readonly landed: Landed;
  readonly taken: Taken;
}

/** An archive without its manifest is no backup: it is taken away again. Resolves with what is to be told. */
async function takenBack({ request, landed, taken }: Published, error: unknown): Promise<unknown> {
  const { store } = request;
  const { archive, plan } = taken;
  const riders = plan.riders.map(({ name }) => ({ key: riderKey(archive.key, name) }));
  try {
    await removeBackup(store, { archive, riders });
    await landed.settle();
    return error;
  } catch (leaving) {
    const fault = toFault(error);
    const left = `and ${archive.key} could not be removed from ${store.name} (${toFault(leaving).message})`;
    const hint = "It has no manifest and is no backup: remove it once the store answers again.";
    return new Fault(fault.code, `${fault.message}; ${left}`, { hint, cause: error, context: fault.context });
  }
}

const SWEEP_MS = 15_000;

/** What a killed program leaves open at the target (a server's own sessions) is ended too. */
async function landOrSweep(work: Work, carriage: Carriage): Promise<Landed> {
  try {
    return await keepRoom(work, roomOfStore(carriage.request.store), (watched) => land(watched, carriage));
  } catch (error) {
    const { engine, reach } = carriage.request;
    // The failure itself is what must be told, not one of cleaning up after it.
    if (!isLettingGo(work)) {
      await engine.sweep?.({ ...reach, signal: AbortSignal.timeout(SWEEP_MS) }).catch(() => undefined);
    }
    throw error;
  }
}

async function land(work: Work, carriage: Carriage): Promise<Landed> {
  const { request, plan } = carriage;
  if (plan.source.via === "stream") return await landThrough(work, carriage, plan.source);
  const place = placeOn(request.store, request.reach.server);
  if (place === undefined || carriage.here.length > 0) return await landThere(work, carriage, plan.source);
  return await landHere(work, carriage, { place, source: plan.source });
}

/** An archive that its engine finds bad must not lie about where archives rest. */
async function concludeOrDiscard(
  request: TakeBackup,
  plan: DumpPlan,
  landed: Landed,
): Promise<ReturnType<DumpPlan["conclude"]>> {
  try {
    return concludeFor(request, plan, landed.remains);
  } catch (error) {
    // The judgement is what must be told, not one of cleaning up after it.
    await landed.discard().catch(() => undefined);
    throw error;
  }
}

/** Every unit that was asked for must have facts, or the tick would say more than was seen. */
function concludeFor(
  request: TakeBackup,
  plan: DumpPlan,
  remains: DumpRemains,
): ReturnType<DumpPlan["conclude"]> {
  const concluded = plan.conclude(remains);
  const names = new Set(concluded.facts.map((fact) => fact.name));
  const missing = request.units.filter((unit) => !names.has(unit));
  if (missing.length > 0) {
    throw new Fault("dump.incomplete", `the dump tells nothing about ${missing.join(", ")}`, {
      hint: "Try again; if it happens again, report it with the job's details.",
    });
  }
  return concluded;
}

/** Refuses before the first byte when the last backup of the same units would not fit. */
async function checkSpace({ store, expectedBytes }: TakeBackup): Promise<void> {
  const space = await store.space();
  const needed = Math.max(expectedBytes ?? 0, 1024 * 1024);
  if (space === undefined || space.freeBytes >= needed) return;
  throw new Fault(
    "store.no-space",
    `${store.name} has ${space.freeBytes} bytes free and the backup needs about ${needed}`,
    {
      hint: "Free space there, keep fewer backups, or choose another store.",
      context: { freeBytes: space.freeBytes, neededBytes: needed },
    },
  );
}
