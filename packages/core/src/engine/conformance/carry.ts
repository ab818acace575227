import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { constants, createZstdDecompress, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import type { Host } from "../../host/host.ts";
import type { DumpFormat, RestoreChoices, UnitFacts } from "../../model/engine.ts";
import { Fault } from "../../model/fault.ts";
import type { Bench, Engine, Reach, Restoration, Rider, Sink } from "../engine.ts";

/** With the codec's own checksum, as archives have it. */
export const PACKING = {
  params: { [constants.ZSTD_c_compressionLevel]: 1, [constants.ZSTD_c_checksumFlag]: 1 },
} as const;

/** An archive in a local file, with what a manifest would know of it. */
export interface Archive {
  readonly path: string;
  readonly units: readonly string[];
  readonly format: DumpFormat;
  readonly serverVersion: string;
  readonly facts: readonly UnitFacts[];
  readonly warnings: readonly string[];
  readonly riders: readonly Rider[];
}

/** What the suite needs of a specimen to carry bytes. */
export interface Carrier<Target> {
  readonly reach: Reach<Target>;
  readonly journals: string;
}

export async function removeArchive(archive: Pick<Archive, "path">): Promise<void> {
  await rm(join(archive.path, ".."), { recursive: true, force: true });
}

/** The raw dump inside, in memory. */
export async function dumpOf(archive: Archive): Promise<Buffer> {
  return zstdDecompressSync(await readFile(archive.path));
}

/** The same archive around other bytes, validly packed. */
export async function archiveAround(archive: Archive, dump: Uint8Array): Promise<Archive> {
  return fileAround(archive, zstdCompressSync(dump, PACKING));
}

/** The same archive with other bytes at rest, whatever they are. */
export async function fileAround(archive: Archive, stored: Uint8Array): Promise<Archive> {
  const path = join(await mkdtemp(join(tmpdir(), "cofre-archive-")), "archive.zst");
  await writeFile(path, stored);
  return { ...archive, path };
}

/** Reads an archive as validation does: codec, then the engine's own reading to the last byte. */
export async function checkArchive<Target>(
  engine: Engine<Target>,
  carrier: { readonly bench: Bench; readonly journals: string },
  archive: Archive,
): Promise<readonly UnitFacts[]> {
  const plan = engine.validate(carrier.bench, archive.format);
  const output = await drain({ ...carrier, sink: plan.sink, fault: "archive.damaged" }, openArchive(archive));
  return plan.conclude(output);
}

/** An archive and where it is to go. */
export interface Destined extends Archive {
  /** Names to be given at the target, in the order of the archive's units; their own when absent. */
  readonly into?: readonly string[];
  readonly choices?: RestoreChoices;
}

/** The same in one program without a server job: for many small readings. */
export async function checkDump<Target>(
  engine: Engine<Target>,
  bench: Bench,
  dump: DumpBytes,
): Promise<readonly UnitFacts[]> {
  const { sink, conclude } = engine.validate(bench, dump.format);
  const source = Readable.from([dump.bytes], { objectMode: false });
  if (sink.via === "stream") return conclude(await sink.drain(source, bench.signal));
  const on = sink.on === bench.host ? (dump.on ?? sink.on) : sink.on;
  const { stdout } = await on.write(sink.command, source, { signal: bench.signal, tag: bench.tag });
  return conclude(stdout);
}

export interface DumpBytes {
  readonly format: DumpFormat;
  /** What runs the programs of the bench's host in its place. */
  readonly on?: Pick<Host, "write"> | undefined;
  readonly bytes: Uint8Array;
}

export interface PutRequest {
  readonly archive: Destined;
  /** What goes into the load instead of the archive's own bytes. */
  readonly source?: Readable;
}

/** The restoration of an archive, made anew from the same values at every call, as after a crash. */
export function restorationOf<Target>(
  engine: Engine<Target>,
  reach: Reach<Target>,
  archive: Destined,
): Restoration {
  const { into = archive.units, choices = {} } = archive;
  return engine.restore(reach, {
    units: archive.units.map((from, index) => ({ from, into: into[index] ?? from })),
    format: archive.format,
    serverVersion: archive.serverVersion,
    facts: archive.facts,
    riders: archive.riders,
    choices,
  });
}

/** Feeds the load; returns what it printed. */
export async function load<Target>(
  carrier: Carrier<Target>,
  restoration: Restoration,
  source: Readable,
): Promise<string> {
  const { reach, journals } = carrier;
  return drain({ bench: reach, journals, sink: restoration.load, fault: "restore.failed" }, source);
}

/** A whole restore: on any failure everything made is swept and the failure is thrown. Returns the facts of what was loaded. */
export async function putArchive<Target>(
  engine: Engine<Target>,
  carrier: Carrier<Target>,
  request: PutRequest,
): Promise<readonly UnitFacts[]> {
  const restoration = restorationOf(engine, carrier.reach, request.archive);
  await restoration.check();
  try {
    await restoration.prepare();
    const output = await load(carrier, restoration, request.source ?? openArchive(request.archive));
    const facts = await restoration.loaded(output);
    assertCounted(request.archive.facts, facts);
    await restoration.commit();
    return facts;
  } catch (error) {
    await restoration.abort();
    throw error;
  }
}

export function openArchive(archive: Archive): Readable {
  const unpacked = createZstdDecompress();
  pipeline(createReadStream(archive.path), unpacked).catch((error: unknown) => {
    unpacked.destroy(error instanceof Error ? error : new Error(String(error)));
  });
  return unpacked;
}

/** Compares as the operation does before the switch: what both sides counted must agree, unit by unit. */
function assertCounted(expected: readonly UnitFacts[], found: readonly UnitFacts[]): void {
  for (const [index, unit] of expected.entries()) {
    const other = found[index];
    for (const [name, count] of Object.entries(unit.counts)) {
      if (other?.counts[name] === count) continue;
      throw new Fault(
        "restore.mismatch",
        `${name} should count ${count}, but ${other?.counts[name] ?? "nothing"} was loaded`,
      );
    }
  }
}

/**
 * The load's own id, as the operation gives it one: a failed job is swept by its id, and under the restore's own tag that would also
 * kill the programs that clean up after it.
 */
function jobOf(tag: string): string {
  return createHash("sha256").update(`${tag}/load`).digest("hex").slice(0, 32);
}

interface Draining {
  readonly bench: Bench;
  readonly journals: string;
  readonly sink: Sink;
  readonly fault: "archive.damaged" | "restore.failed";
}

async function drain({ bench, journals, sink, fault }: Draining, source: Readable): Promise<string> {
  if (sink.via === "stream") return sink.drain(source, bench.signal);
  const { jobs } = bench.server;
  const id = jobOf(bench.tag);
  try {
    const stages = [sink.on.lower(sink.command)] as const;
    const view = await jobs.feed({ id, owner: "conformance", journals, stages }, source, bench.signal);
    if (view.state === "done") return view.printed ?? "";
    throw new Fault(fault, `the program ended as ${view.state}`, { context: { stderr: view.stderr } });
  } finally {
    await jobs.forget(journals, id);
  }
}
