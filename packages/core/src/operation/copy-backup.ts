import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { manifestKey, riderKey } from "../archive/layout.ts";
import type { Manifest } from "../archive/manifest.ts";
import { sealManifest } from "../archive/seal.ts";
import { Fault, isFault } from "../model/fault.ts";
import type { Store } from "../store/store.ts";
import { claimKey } from "./claim-key.ts";
import { type AnsweringArchive, fromWhicheverIsWhole, type PlacedArchive } from "./copy-sources.ts";
import { removeBackup } from "./remove-backup.ts";
import type { Installation } from "./requests.ts";
import { readRiders } from "./riders.ts";
import type { Work } from "./work.ts";

/** copyBackup(work, request): the same archive in one more store, read back from there and compared. */
export interface CopyBackup {
  /** Where it rests by now; its further places are read when this one turns out not to have it whole. */
  readonly from: PlacedArchive & Partial<Pick<AnsweringArchive, "next">>;
  readonly to: Store;
  /** Remembers the key before anything is put under it. MUST reject with `store.exists` when another archive is remembered under it. */
  readonly onKey: (key: string) => Promise<void>;
  /** The remembered key of an earlier attempt that was cut: what it left there is removed. */
  readonly key?: string;
  readonly installation: Installation;
}

export interface CopiedBackup {
  readonly manifest: Manifest;
  readonly manifestKey: string;
}

/**
 * Copies an archive with all that lies beside it into another store. It counts as a copy only once it was read back from there to the
 * last byte; the manifest, without which an archive is no backup, comes last. On failure nothing is left there.
 *
 * @throws Fault `archive.*` when no store has it as it was written, `store.*`, `server.*`
 */
export async function copyBackup(work: Work, request: CopyBackup): Promise<CopiedBackup> {
  work.report({ phase: "checking" });
  const { to, from } = request;
  const original = from.manifest;
  if (request.key !== undefined) await removeBackup(to, keyed(original, request.key));
  const key = request.key ?? (await keyThere(request, original.archive.key));
  const manifest = keyed(original, key);
  try {
    const carried = await fromWhicheverIsWhole(from, (source) => carry(work, source, { to, manifest }));
    if (carried.result.refused !== undefined) throw carried.result.refused;
    await readBack(work, to, manifest);
    await to.put(
      manifestKey(key),
      Readable.from([Buffer.from(sealManifest(manifest, request.installation))]),
    );
  } catch (error) {
    // A name that another one took in between is not ours to remove; and whoever takes the job over begins by removing.
    if (!isFault(error, "store.exists") && !isLettingGo(work)) {
      await removeBackup(to, manifest).catch(() => undefined);
    }
    throw error;
  }
  return { manifest, manifestKey: manifestKey(key) };
}

function isLettingGo({ signal }: Work): boolean {
  return signal.aborted && isFault(signal.reason, "job.interrupted");
}

/** The manifest as it lies in the other store: everything the same but the names. */
function keyed(original: Manifest, key: string): Manifest {
  return {
    ...original,
    archive: { ...original.archive, key },
    riders: original.riders.map((rider) => ({ ...rider, key: riderKey(key, rider.name) })),
  };
}

/** The same key, so that people find it; `-2` before the extensions where another archive has it. */
async function keyThere({ to, onKey }: CopyBackup, wanted: string): Promise<string> {
  const [, keyStem = wanted, extension = ""] = /^(.*?)(\.[^/]*)?$/.exec(wanted) ?? [];
  return await claimKey({ store: to, keyStem, onKey }, extension);
}

interface Target {
  readonly to: Store;
  /** As it will lie there. */
  readonly manifest: Manifest;
}

/**
 * Puts the archive of one place and what lies beside it into the other store. Rejects for what is wrong with that place, having put
 * nothing; what the other store refused is given back, because no further place would change it.
 */
async function carry(
  work: Work,
  source: PlacedArchive,
  { to, manifest }: Target,
): Promise<{ readonly refused?: unknown }> {
  const riders = await readRiders(source.store, source.manifest);
  try {
    await copyArchive(work, source, { to, manifest });
    for (const [n, { name, text }] of riders.entries()) {
      await to.put(
        manifest.riders[n]?.key ?? riderKey(manifest.archive.key, name),
        Readable.from([Buffer.from(text)]),
      );
    }
    return {};
  } catch (error) {
    if (error instanceof NotWhole) throw error.cause;
    return { refused: error };
  }
}

/** What the place that is read from said, told apart from what the other store says. */
class NotWhole extends Error {}

async function copyArchive(
  work: Work,
  { store: from, manifest: { archive } }: PlacedArchive,
  { to, manifest }: Target,
): Promise<void> {
  const bytes = from.get(archive.key, { signal: work.signal });
  const told = (count: number) => work.report({ phase: "storing", bytes: count, totalBytes: archive.bytes });
  let lost: NotWhole | undefined;
  async function* reading(): AsyncGenerator<Buffer> {
    try {
      yield* asWritten(bytes, { archive, from, told });
    } catch (error) {
      lost = new NotWhole("the place that is read from", { cause: error });
      throw error;
    }
  }
  const source = Readable.from(reading(), { objectMode: false });
  source.once("close", () => bytes.destroy());
  await to.put(manifest.archive.key, source, work.signal).catch((error: unknown) => {
    throw lost ?? error;
  });
}

/** To the last byte, as it lies there, encrypted or not. */
async function readBack(work: Work, to: Store, { archive }: Manifest): Promise<void> {
  const told = (count: number) =>
    work.report({ phase: "validating", bytes: count, totalBytes: archive.bytes });
  const bytes = to.get(archive.key, { signal: work.signal });
  for await (const _ of asWritten(bytes, { archive, from: to, told })) {
    // Reading to the end is the work.
  }
}

interface Written {
  readonly archive: Manifest["archive"];
  readonly from: Store;
  readonly told: (count: number) => void;
}

/** Fails before the last byte is out when they are not the bytes that were written: the other store then shows nothing of them. */
async function* asWritten(bytes: Readable, { archive, from, told }: Written): AsyncGenerator<Buffer> {
  const hash = createHash("sha256");
  let count = 0;
  for await (const chunk of bytes) {
    hash.update(chunk);
    count += chunk.length;
    told(count);
    yield chunk;
  }
  if (count === archive.bytes && hash.digest("hex") === archive.sha256) return;
  throw new Fault("archive.damaged", `${archive.key} in ${from.name} is not what was written there`, {
    hint: "Validate it, and copy it from another store that has it.",
  });
}
