import { describe, expect, onTestFinished, test } from "vitest";
import type { Engine } from "../engine.ts";
import { type Archive, checkArchive, putArchive, removeArchive, restorationOf } from "./carry.ts";
import { changed, disturb, filled, holds } from "./held.ts";
import type { Pair, Specimen } from "./specimen.ts";
import { type TakeRequest, takeArchive } from "./take-archive.ts";

/** The units in the groups that make one archive each: all in one where the engine combines them, else one by one. */
export function groupsOf<Target>(
  engine: Engine<Target>,
  specimen: Specimen<Target>,
): readonly (readonly string[])[] {
  return engine.capabilities.combinesUnits ? [specimen.units] : specimen.units.map((unit) => [unit]);
}

/** The group with the first unit: what `grow` and the writers work on. */
export function firstGroup<Target>(engine: Engine<Target>, specimen: Specimen<Target>): readonly string[] {
  return groupsOf(engine, specimen)[0] ?? [];
}

export function carrierOf<Target>(specimen: Specimen<Target>) {
  return { reach: specimen.reach(), journals: specimen.journals };
}

/** Takes an archive that is removed when the test is over. */
export async function take<Target>(
  engine: Engine<Target>,
  specimen: Specimen<Target>,
  request: TakeRequest,
): Promise<Archive> {
  const archive = await takeArchive(engine, carrierOf(specimen), request);
  onTestFinished(() => removeArchive(archive));
  return archive;
}

export function keepsBackupsRepeatable<Target>(engine: Engine<Target>, pair: Pair<Target>): void {
  describe.each(engine.formats)("as %s", (format) => {
    test("what was dumped is what comes back, in another empty server", async () => {
      const original = await filled(pair.original());
      const replica = pair.replica();
      disturb(replica);
      await replica.empty();
      for (const units of groupsOf(engine, original)) {
        const archive = await take(engine, original, { units, format });
        expect(archive.facts.map((unit) => unit.name)).toEqual(units);
        await checkArchive(engine, { bench: replica.reach(), journals: replica.journals }, archive);
        const facts = await putArchive(engine, carrierOf(replica), { archive });
        expect(facts.map((unit) => unit.counts)).toEqual(archive.facts.map((unit) => unit.counts));
      }
      expect(await replica.fingerprint(original.units)).toBe(await original.fingerprint(original.units));
    }, 300_000);

    test("what was changed, added and removed since is taken back, under full units and odd names", async () => {
      const original = await filled(pair.original());
      const before = await original.fingerprint(original.units);
      const archives: Archive[] = [];
      for (const units of groupsOf(engine, original))
        archives.push(await take(engine, original, { units, format }));
      await changed(original);
      expect(await original.fingerprint(original.units)).not.toBe(before);
      disturb(original);
      for (const archive of archives) await putArchive(engine, carrierOf(original), { archive });
      expect(await original.fingerprint(original.units)).toBe(before);
      holds(original, "filled");
    }, 300_000);
  });

  test("a restored server gives the same facts again, counts and digests", async () => {
    const original = await filled(pair.original());
    const replica = pair.replica();
    disturb(replica);
    await replica.empty();
    for (const units of groupsOf(engine, original)) {
      const archive = await take(engine, original, { units });
      await putArchive(engine, carrierOf(replica), { archive });
      const again = await take(engine, replica, { units });
      expect(again.facts).toEqual(archive.facts);
      expect(Object.values(archive.facts[0]?.counts ?? {}).length).toBeGreaterThan(0);
    }
  }, 300_000);

  // A whole server has no other name to come back under.
  test.runIf(engine.capabilities.unit !== "server")(
    "a unit comes back under another name without touching the first",
    async () => {
      const original = await filled(pair.original());
      const units = firstGroup(engine, original);
      const before = await original.fingerprint(units);
      const archive = await take(engine, original, { units });
      const into = units.map((unit) => original.renamed?.(unit) ?? `${unit} "other" $(x)`);
      disturb(original);
      const present = () => restorationOf(engine, original.reach(), { ...archive, into }).present();
      expect(await present()).toEqual([]);
      const facts = await putArchive(engine, carrierOf(original), { archive: { ...archive, into } });
      expect((await present()).toSorted()).toEqual(into.toSorted());
      expect(facts.map((unit) => unit.name)).toEqual(into);
      expect(await original.fingerprint(into)).toBe(before);
      expect(await original.fingerprint(units)).toBe(before);
    },
    300_000,
  );

  test("inspection names the version and every unit", async () => {
    const original = await filled(pair.original());
    const inspection = await engine.inspect(original.reach());
    expect(inspection.version).toMatch(/^\d/);
    expect(inspection.units.map((unit) => unit.name)).toEqual(expect.arrayContaining([...original.units]));
  });

  test("a unit that is not there is refused by name before the first byte", async () => {
    const original = await filled(pair.original());
    const units = ["no such unit 😀"];
    await expect(engine.dump(original.reach(), { units, digests: "none" })).rejects.toMatchObject({
      name: "Fault",
      message: expect.stringContaining("no such unit 😀"),
    });
  });
}
