import type { Manifest } from "../archive/manifest.ts";
import { Fault, toFault } from "../model/fault.ts";
import type { Store } from "../store/store.ts";

/** A store that should have an archive, and the manifest as it lies there. */
export interface ArchiveAt {
  readonly manifest: Manifest;
  /** Rejects when the store cannot be reached. */
  open(): Promise<Store>;
}

export interface AnsweringArchive {
  readonly store: Store;
  readonly manifest: Manifest;
  /** What those that were asked before it said. */
  readonly silent: readonly Fault[];
}

/**
 * The first of several stores that can be reached and has the archive in its whole size.
 *
 * @throws Fault of the first store when none has it
 */
export async function whicheverAnswers(places: readonly ArchiveAt[]): Promise<AnsweringArchive> {
  const silent: Fault[] = [];
  for (const place of places) {
    try {
      return { ...(await opened(place)), silent };
    } catch (error) {
      silent.push(toFault(error));
    }
  }
  throw silent[0] ?? new Fault("archive.missing", "the archive rests nowhere");
}

async function opened({ manifest, open }: ArchiveAt): Promise<{ store: Store; manifest: Manifest }> {
  const store = await open();
  const { key, bytes } = manifest.archive;
  const found = await store.stat(key);
  if (found === undefined) throw new Fault("archive.missing", `${key} is no longer in ${store.name}`);
  if (found.bytes === bytes) return { store, manifest };
  throw new Fault(
    "archive.damaged",
    `${key} in ${store.name} has ${found.bytes} bytes and ${bytes} were written`,
  );
}
