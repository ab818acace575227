import { Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { CheckPlan } from "../engine/engine.ts";
import type { Server } from "../host/host.ts";
import type { UnitFacts } from "../model/engine.ts";
import { Fault, isFault } from "../model/fault.ts";
import { factsOf } from "./facts.ts";
import { placeOn } from "./place.ts";
import type { ValidateBackup, ValidatedBackup } from "./requests.ts";
import { throughCofre, type Unpacking, unpackInto } from "./unpacking.ts";
import type { Work } from "./work.ts";

/** The part of an operation in which an engine's own tool reads the dump, as a server job. */
export const VALIDATION = "validate";

/**
 * Checks an archive: `intact` reads digest and stages to the last byte, `readable` also lets the engine's own tool read the dump's
 * structure to its end. Throws `archive.*` with what was found.
 */
export async function validateBackup(work: Work, request: ValidateBackup): Promise<ValidatedBackup> {
  const { engine, bench, manifest } = request;
  const common = {
    store: request.store,
    manifest,
    unlock: request.unlock,
    phase: "validating" as const,
    attempted: `validating ${manifest.archive.key}`,
    failure: "archive.damaged" as const,
  };
  work.report({ phase: "validating", bytes: 0, totalBytes: manifest.archive.bytes });
  if (request.depth === "intact" || engine === undefined || bench === undefined) {
    await readToTheEnd(work, common, request);
    return { depth: "intact", facts: [] };
  }
  const check: CheckPlan = engine.validate(bench, manifest.format);
  const output = await unpackInto(work, {
    ...common,
    server: bench.server,
    sink: check.sink,
    part: VALIDATION,
  });
  const facts = check.conclude(output);
  compareFacts(factsOf(manifest), facts, "archive.damaged");
  return { depth: "readable", facts };
}

async function readToTheEnd(
  work: Work,
  common: Omit<Unpacking, "sink" | "server" | "part">,
  { store }: ValidateBackup,
): Promise<void> {
  const server: Server | undefined = store.place?.server;
  if (server === undefined || placeOn(store, server) === undefined) {
    await throughCofre(work, common, drainToNowhere);
    return;
  }
  const sink = { via: "command" as const, command: { argv: ["wc", "-c"] as const }, on: server };
  try {
    await unpackInto(work, { ...common, server, sink, part: "intact" });
  } catch (error) {
    if (!isFault(error, "server.tool-missing")) throw error;
    await throughCofre(work, common, drainToNowhere);
  }
}

async function drainToNowhere(dump: NodeJS.ReadableStream): Promise<void> {
  await pipeline(dump, new Writable({ write: (_chunk, _encoding, done) => done() }));
}

/**
 * Every count that was written must be found again under the unit's name in the archive, and every digest that both sides took must
 * be the same. Units that the finder did not look at are left out.
 */
export function compareFacts(
  written: readonly UnitFacts[],
  found: readonly UnitFacts[],
  code: "archive.damaged" | "restore.mismatch",
): void {
  const differences = found.flatMap((fact) => {
    const origin = written.find((one) => one.name === fact.name);
    return origin === undefined ? [] : differencesOf(origin, fact);
  });
  if (differences.length === 0) return;
  throw new Fault(code, `what was found is not what was written: ${differences.slice(0, 5).join("; ")}`, {
    hint: "Do not use this backup; choose another and validate it.",
    context: { differences: differences.length },
  });
}

function differencesOf(written: UnitFacts, found: UnitFacts): string[] {
  const counts = Object.entries(written.counts).flatMap(([name, count]) => {
    const seen = found.counts[name];
    return seen === count ? [] : [`${written.name}/${name} has ${seen ?? "nothing"}, ${count} were written`];
  });
  const digests = Object.entries(written.digests ?? {}).flatMap(([name, digest]) => {
    const seen = found.digests?.[name];
    return seen === undefined || seen === digest ? [] : [`${written.name}/${name} has other content`];
  });
  return [...counts, ...digests];
}
