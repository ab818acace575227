import { readFile } from "node:fs/promises";
import { Readable } from "node:stream";
import { describe, expect, test } from "vitest";
import { isFault } from "../../model/fault.ts";
import type { Engine } from "../engine.ts";
import {
  type Archive,
  archiveAround,
  checkArchive,
  checkDump,
  dumpOf,
  fileAround,
  putArchive,
  removeArchive,
} from "./carry.ts";
import { leftoversSoon } from "./failed-dump.ts";
import { changed, disturb, holds } from "./held.ts";
import { placesBetween, randomFrom } from "./random.ts";
import { carrierOf, firstGroup } from "./round-trip.ts";
import type { Pair, Specimen } from "./specimen.ts";

/** Each cut dump is read by a real program: many for the format that is used, fewer for those by choice. */
const CUTS = 100;
const CUTS_BY_CHOICE = 20;
const FLIPS = 20;
/** Of the cuts, those that are read in the product's own way; the others go to the same program by a cheaper one. */
const WHOLE_WAY = 10;

export function refusesDamage<Target>(engine: Engine<Target>, pair: Pair<Target>): void {
  describe.each(engine.formats)("a damaged archive as %s", (format) => {
    async function goodArchive(): Promise<Archive> {
      const { archive } = await pair.shelf.archive(firstGroup(engine, pair.original()), format);
      return archive;
    }

    const cuts = format === engine.formats[0] ? CUTS : CUTS_BY_CHOICE;

    test(`cut at ${cuts} places, its dump is refused by validation`, async () => {
      const archive = await goodArchive();
      const dump = await dumpOf(archive);
      await expect(verdict(engine, pair.original(), archive)).resolves.toBe("whole");
      const seed = Date.now() % 1_000_000;
      const places = placesBetween(randomFrom(seed), { from: 1, to: dump.length - 2, count: cuts - 2 });
      const accepted: number[] = [];
      const entered = await pair.original().entered?.();
      const check = (bytes: Uint8Array, isWholeWay: boolean) => {
        const on = isWholeWay ? undefined : entered;
        return checkDump(engine, pair.original().reach(), { format: archive.format, bytes, on });
      };
      await expect(check(dump, false)).resolves.toEqual(expect.anything());
      for (const [index, place] of [0, ...places, dump.length - 1].entries()) {
        const checked = check(dump.subarray(0, place), index % (cuts / WHOLE_WAY) === 0);
        if ((await judged(checked)) !== "refused") accepted.push(place);
      }
      expect(accepted, `cuts accepted of ${dump.length} bytes, seed ${seed}`).toEqual([]);
    }, 600_000);

    test("flipped, cut or emptied at rest, it is refused by codec or engine", async () => {
      const archive = await goodArchive();
      const stored = await readFile(archive.path);
      const seed = Date.now() % 1_000_000;
      const accepted: string[] = [];
      for (const { place, bytes } of flipsOf(stored, seed)) {
        if ((await verdictAtRest(engine, pair.original(), { archive, bytes })) !== "refused") {
          accepted.push(`flip at ${place}`);
        }
      }
      for (const end of [stored.length >> 1, 0]) {
        const damaged = await fileAround(archive, stored.subarray(0, end));
        if ((await verdict(engine, pair.original(), damaged)) !== "refused") accepted.push(`cut at ${end}`);
        await removeArchive(damaged);
      }
      expect(accepted, `seed ${seed}`).toEqual([]);
    }, 300_000);

    test("of another kind, it is refused by validation", async () => {
      const archive = await goodArchive();
      for (const bytes of [
        Buffer.alloc(0),
        Buffer.from("PK\u0003\u0004 no dump at all\n"),
        Buffer.alloc(1 << 16, 7),
      ]) {
        const other = await archiveAround(archive, bytes);
        await expect(verdict(engine, pair.original(), other)).resolves.toBe("refused");
        await removeArchive(other);
      }
    }, 300_000);

    test.runIf(engine.capabilities.atomicRestore)(
      "leaves the target of a restore as it was",
      async () => {
        const archive = await goodArchive();
        const original = await changed(pair.original());
        const before = await original.fingerprint(original.units);
        const dump = await dumpOf(archive);
        disturb(original);
        const halves = [0, 1, dump.length >> 1, Math.floor(dump.length * 0.9), dump.length - 8];
        for (const end of halves) {
          const carrier = carrierOf(original);
          const source = Readable.from([dump.subarray(0, end)], { objectMode: false });
          await expect(putArchive(engine, carrier, { archive, source }), `cut at ${end}`).rejects.toThrow();
          expect(await leftoversSoon(original, carrier.reach.tag)).toEqual([]);
        }
        expect(await original.fingerprint(original.units)).toBe(before);
        holds(original, "changed");
      },
      300_000,
    );
  });
}

async function verdict<Target>(
  engine: Engine<Target>,
  specimen: Specimen<Target>,
  archive: Archive,
): Promise<"whole" | "refused"> {
  return judged(checkArchive(engine, { bench: specimen.reach(), journals: specimen.journals }, archive));
}

async function judged(checked: Promise<unknown>): Promise<"whole" | "refused"> {
  try {
    await checked;
    return "whole";
  } catch (error) {
    if (isFault(error, "bug")) throw error;
    return "refused";
  }
}

/** Copies of these bytes, each with one bit the other way, somewhere by chance. */
function flipsOf(stored: Buffer, seed: number): readonly { place: number; bytes: Buffer }[] {
  const random = randomFrom(seed);
  return placesBetween(random, { from: 0, to: stored.length, count: FLIPS }).map((place) => {
    const bytes = Buffer.from(stored);
    bytes[place] = (bytes[place] ?? 0) ^ (1 << Math.floor(random() * 8));
    return { place, bytes };
  });
}

interface AtRest {
  readonly archive: Archive;
  readonly bytes: Buffer;
}

/** Codec first, and the engine only for what gets past it. A flip in a bit that means nothing gives the very same dump: no damage. */
async function verdictAtRest<Target>(
  engine: Engine<Target>,
  specimen: Specimen<Target>,
  { archive, bytes }: AtRest,
): Promise<"whole" | "refused"> {
  const unpacked = await unpackedOf(archive, bytes);
  if (unpacked === undefined || unpacked.equals(await dumpOf(archive))) return "refused";
  return judged(checkDump(engine, specimen.reach(), { format: archive.format, bytes: unpacked }));
}

/** The dump in these bytes at rest, undefined when the codec refuses them. */
async function unpackedOf(archive: Archive, stored: Uint8Array): Promise<Buffer | undefined> {
  const damaged = await fileAround(archive, stored);
  try {
    return await dumpOf(damaged);
  } catch {
    return undefined;
  } finally {
    await removeArchive(damaged);
  }
}
