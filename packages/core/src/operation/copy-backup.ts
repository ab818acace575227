import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { manifestKey, riderKey, withCollision } from "../archive/layout.ts";
import type { Manifest } from "../archive/manifest.ts";
import { sealManifest } from "../archive/seal.ts";
import { Fault, isFault } from "../model/fault.ts";
import type { Store } from "../store/store.ts";
import { type ArchiveAt, whicheverAnswers } from "./copy-sources.ts";
import { removeBackup } from "./remove-backup.ts";
import type { Installation } from "./requests.ts";
import type { Work } from "./work.ts";

/** copyBackup(work, request): the same archive in one more store, read back from there and compared. */
export interface CopyBackup {
  /** Where it rests by now, in the order in which they are asked. */
  readonly from: readonly ArchiveAt[];
  readonly to: Store;
  /** Remembers the key before anything is put under it. */
  readonly onKey: (key: string) => Promise<void>;
  /** The remembered key of an earlier attempt that was cut: what it left there is removed. */
  readonly key?: string;
  readonly installation: Installation;
}

export interface CopiedBackup {
  readonly manifest: Manifest;
  readonly manifestKey: string;
}

const MOST_COLLISIONS = 1_000;

/**
 * Copies an archive with all that lies beside it into another store. It counts as a copy only once it was read back from there to the
 * last byte; the manifest, without which an archive is no backup, comes last. On failure nothing is left there.
 *
 * @throws Fault `archive.*` when no store has it as it was written, `store.*`, `server.*`
 */
export async function copyBackup(work: Work, request: CopyBackup): Promise<CopiedBackup> {
  work.report({ phase: "checking" });
  const { store: from, manifest: original } = await whicheverAnswers(request.from);
  const { to } = request;
  if (request.key !== undefined) await removeBackup(to, keyed(original, request.key));
  const key = request.key ?? (await freeKey(to, original.archive.key));
  await request.onKey(key);
  const manifest = keyed(original, key);
  try {
    await copyArchive(work, { from, original, to, key });
    await copyRiders({ from, original, to, manifest });
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

/** The same key, so that people find it; `-2` before the extensions where another backup of the same minute has it. */
async function freeKey(to: Store, wanted: string): Promise<string> {
  const [, stem = wanted, extension = ""] = /^(.*?)(\.[^/]*)?$/.exec(wanted) ?? [];
  for (let n = 1; n <= MOST_COLLISIONS; n += 1) {
    const key = withCollision(stem, n) + extension;
    if ((await to.stat(key)) === undefined) return key;
  }
  throw new Fault("store.exists", `every name from ${wanted} on is taken in ${to.name}`);
}

interface Copying {
  readonly from: Store;
  readonly original: Manifest;
  readonly to: Store;
}

async function copyArchive(
  work: Work,
  { from, original, to, key }: Copying & { readonly key: string },
): Promise<void> {
  const { archive } = original;
  const bytes = from.get(archive.key, { signal: work.signal });
  const told = (count: number) => work.report({ phase: "storing", bytes: count, totalBytes: archive.bytes });
  const source = Readable.from(asWritten(bytes, { archive, from, told }), { objectMode: false });
  source.once("close", () => bytes.destroy());
  await to.put(key, source, work.signal);
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

async function copyRiders({
  from,
  original,
  to,
  manifest,
}: Copying & { readonly manifest: Manifest }): Promise<void> {
  for (const [n, rider] of original.riders.entries()) {
    const content = await buffer(from.get(rider.key));
    if (createHash("sha256").update(content).digest("hex") !== rider.sha256) {
      throw new Fault("archive.damaged", `${rider.key} in ${from.name} is not what was written there`);
    }
    await to.put(manifest.riders[n]?.key ?? rider.key, Readable.from([content]));
  }
}
