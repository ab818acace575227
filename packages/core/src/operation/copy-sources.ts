import type { Manifest } from "../archive/manifest.ts";
import { Fault, type FaultCode, isFault, toFault } from "../model/fault.ts";
import type { Store } from "../store/store.ts";

/** A store that should have an archive, and the manifest as it lies there. */
export interface ArchiveAt {
  readonly manifest: Manifest;
  /** Rejects when the store cannot be reached. */
  open(): Promise<Store>;
}

/** An archive in one of its places. */
export interface PlacedArchive {
  readonly store: Store;
  readonly manifest: Manifest;
}

export interface AnsweringArchive extends PlacedArchive {
  /** What those that were asked before it said. */
  readonly silent: readonly Fault[];
  /**
   * The next that can be reached and has the archive in its whole size, once this one turned out not to have it whole.
   *
   * @throws Fault that names what every place said when none is left
   */
  next(why: Fault): Promise<AnsweringArchive>;
}

/**
 * The first of several stores that can be reached and has the archive in its whole size.
 *
 * @throws Fault that names what every place said when none has it
 */
export async function whicheverAnswers(
  places: readonly ArchiveAt[],
  silent: readonly Fault[] = [],
): Promise<AnsweringArchive> {
  const said = [...silent];
  for (const [n, place] of places.entries()) {
    try {
      const found = await opened(place);
      const rest = places.slice(n + 1);
      return { ...found, silent: said, next: async (why) => await whicheverAnswers(rest, [...said, why]) };
    } catch (error) {
      said.push(toFault(error));
    }
  }
  throw nowhere(said);
}

interface ReadArchive<Result> {
  readonly archive: PlacedArchive;
  readonly result: Result;
}

/**
 * Reads an archive where it was found, and in its further places as long as the one before turns out not to have it whole. The reading
 * MUST change nothing that a second one would meet.
 *
 * @throws Fault of the reading; where it is the place's, one that names what every place said
 */
export async function fromWhicheverIsWhole<Result>(
  first: PlacedArchive & Partial<Pick<AnsweringArchive, "next">>,
  read: (archive: PlacedArchive) => Promise<Result>,
): Promise<ReadArchive<Result>> {
  let archive = first;
  for (;;) {
    try {
      return { archive, result: await read(archive) };
    } catch (error) {
      if (!isFault(error) || !OF_THE_PLACE.has(error.code) || archive.next === undefined) throw error;
      archive = await archive.next(naming(archive.store, error));
    }
  }
}

/** What is wrong with one place alone: the same archive may be whole in another. */
const OF_THE_PLACE: ReadonlySet<FaultCode> = new Set([
  "archive.missing",
  "archive.damaged",
  "store.unavailable",
]);

/** A program that met damaged bytes does not know where they rest. */
function naming({ name }: Store, fault: Fault): Fault {
  if (fault.message.includes(name)) return fault;
  return retold(fault, `${fault.message} (in ${name})`, fault.hint);
}

/** Told as the place that could not be asked, if there is one: what it has is the hope that is left. */
function nowhere(silent: readonly Fault[]): Fault {
  const [first] = silent;
  if (first === undefined) return new Fault("archive.missing", "the archive rests nowhere");
  if (silent.length === 1) return first;
  const away = silent.find(({ traits }) => traits.blame !== "archive");
  const hint =
    away === undefined
      ? "Choose another backup, and look for faults of the disks that hold this one."
      : "Bring back the place that did not answer, then try again; or choose another backup.";
  const said = silent.map(({ message }) => message).join("; ");
  return retold(away ?? first, `no place has the archive whole: ${said}`, hint);
}

function retold(fault: Fault, message: string, hint: string | undefined): Fault {
  const { code, context } = fault;
  return new Fault(code, message, { ...(hint === undefined ? {} : { hint }), cause: fault, context });
}

async function opened({ manifest, open }: ArchiveAt): Promise<PlacedArchive> {
  const store = await open();
  const { key, bytes } = manifest.archive;
  const found = await store.stat(key);
  if (found === undefined) {
    throw new Fault("archive.missing", `${key} is no longer in ${store.name}`, {
      hint: "Look whether the file was moved or the store was emptied; choose another backup.",
    });
  }
  if (found.bytes === bytes) return { store, manifest };
  throw new Fault(
    "archive.damaged",
    `${key} in ${store.name} has ${found.bytes} bytes and ${bytes} were written`,
    { hint: "Do not use this backup; choose another, and look for faults of the disk that holds it." },
  );
}
