import type { Engine } from "../engine.ts";
import { type Archive, removeArchive } from "./carry.ts";
import type { Specimen } from "./specimen.ts";
import { takeArchive } from "./take-archive.ts";

type Contents = "filled" | "changed" | "grown";

/** More than all buffers on the way can hold, so that the program is still at work when its first bytes are seen. */
const LONG_DUMP_BYTES = 64 << 20;

/** What a server is known to hold. Unknown from the moment that a test lays hands on it until it has shown what it left. */
const HELD = new WeakMap<object, Contents>();

/** Brings a server to what `fill` makes; one that holds just that already is left alone, because making it costs seconds. */
export async function filled<Target>(specimen: Specimen<Target>): Promise<Specimen<Target>> {
  if (HELD.get(specimen) === "filled") return specimen;
  disturb(specimen);
  await specimen.empty();
  await specimen.fill();
  HELD.set(specimen, "filled");
  return specimen;
}

/** Brings it to what `fill` and then `change` make. */
export async function changed<Target>(specimen: Specimen<Target>): Promise<Specimen<Target>> {
  if (HELD.get(specimen) === "changed") return specimen;
  await filled(specimen);
  disturb(specimen);
  await specimen.change();
  HELD.set(specimen, "changed");
  return specimen;
}

/** Brings it to what `fill` makes and a dump of the first unit that takes long. Dumps only read: one server serves many of them. */
export async function grown<Target>(specimen: Specimen<Target>): Promise<Specimen<Target>> {
  if (HELD.get(specimen) === "grown") return specimen;
  await filled(specimen);
  disturb(specimen);
  await specimen.grow(LONG_DUMP_BYTES);
  HELD.set(specimen, "grown");
  return specimen;
}

/** To be called before anything that may change a server: a restore, a crash, more data. */
export function disturb(specimen: object): void {
  HELD.delete(specimen);
}

/** To be called once a fingerprint has shown it. */
export function holds(specimen: object, contents: Contents): void {
  HELD.set(specimen, contents);
}

/** A good archive of a filled server, and the fingerprint of what is in it. */
export interface GoodArchive {
  readonly archive: Archive;
  readonly dumped: string;
}

/** Good archives of one server, each taken once for all the tests that only read it. */
export interface Shelf extends AsyncDisposable {
  archive(units: readonly string[], format: string): Promise<GoodArchive>;
}

export function shelfOf<Target>(engine: Engine<Target>, original: () => Specimen<Target>): Shelf {
  const taken = new Map<string, GoodArchive>();
  return {
    archive: async (units, format) => {
      const known = taken.get(format);
      if (known !== undefined) return known;
      const specimen = await filled(original());
      const carrier = { reach: specimen.reach(), journals: specimen.journals };
      const archive = await takeArchive(engine, carrier, { units, format });
      const good = { archive, dumped: await specimen.fingerprint(units) };
      taken.set(format, good);
      return good;
    },
    [Symbol.asyncDispose]: async () => {
      for (const { archive } of taken.values()) await removeArchive(archive);
    },
  };
}
