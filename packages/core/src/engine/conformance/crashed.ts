import { randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { Engine, Restoration } from "../engine.ts";
import { type Archive, load, openArchive, restorationOf } from "./carry.ts";
import { leftoversSoon } from "./failed-dump.ts";
import { changed, disturb, type GoodArchive, holds } from "./held.ts";
import { carrierOf, firstGroup } from "./round-trip.ts";
import type { Pair, Specimen } from "./specimen.ts";

/** Where the worker dies: after this step the restoration is forgotten and made again from the same values. */
const STEPS = ["check", "prepare", "load", "loaded", "commit"] as const;
type Step = (typeof STEPS)[number];

export function survivesCrashesBetweenSteps<Target>(engine: Engine<Target>, pair: Pair<Target>): void {
  describe.runIf(engine.capabilities.atomicRestore)("when the worker dies during a restore", () => {
    async function changedAfterBackup(): Promise<GoodArchive & { readonly specimen: Specimen<Target> }> {
      const units = firstGroup(engine, pair.original());
      const good = await pair.shelf.archive(units, engine.formats[0]);
      return { ...good, specimen: await changed(pair.original()) };
    }

    test.each(STEPS.slice(0, -1))(
      "after %s, it can be swept and the target is as it was",
      async (last) => {
        const { specimen, archive } = await changedAfterBackup();
        const before = await specimen.fingerprint(archive.units);
        const tag = await runUntil(engine, { specimen, archive, last });
        const anew = (): Restoration => restorationOf(engine, specimen.reach({ tag }), archive);
        expect(await anew().stage()).not.toBe("switched");
        await anew().abort();
        await anew().abort();
        expect(await anew().stage()).toBe("absent");
        expect(await leftoversSoon(specimen, tag)).toEqual([]);
        expect(await specimen.fingerprint(archive.units)).toBe(before);
        holds(specimen, "changed");
      },
      120_000,
    );

    test.runIf(engine.capabilities.keepsOld)(
      "the old data can be put back, and then let go",
      async () => {
        const { specimen, archive } = await changedAfterBackup();
        const before = await specimen.fingerprint(archive.units);
        const tag = await runUntil(engine, { specimen, archive, last: "commit" });
        expect(await specimen.fingerprint(archive.units)).not.toBe(before);
        const anew = (): Restoration => restorationOf(engine, specimen.reach({ tag }), archive);
        await anew().undo();
        await anew().undo();
        expect(await specimen.fingerprint(archive.units)).toBe(before);
        await anew().abort();
        expect(await anew().stage()).toBe("absent");
        expect(await leftoversSoon(specimen, tag)).toEqual([]);
        expect(await specimen.fingerprint(archive.units)).toBe(before);
        holds(specimen, "changed");
      },
      120_000,
    );

    test("after the switch, that is known, and doing any step of it again changes nothing", async () => {
      const { specimen, archive, dumped } = await changedAfterBackup();
      const tag = await runUntil(engine, { specimen, archive, last: "commit" });
      const anew = (): Restoration => restorationOf(engine, specimen.reach({ tag }), archive);
      expect(await anew().stage()).toBe("switched");
      // Of the same millisecond: ids begin with the time.
      const twin = tag.slice(0, 12) + randomBytes(10).toString("hex");
      expect(await restorationOf(engine, specimen.reach({ tag: twin }), archive).stage()).toBe("absent");
      await anew().commit();
      await anew().abort();
      expect(await specimen.fingerprint(archive.units)).toBe(dumped);
      expect(await anew().stage()).toBe("switched");
      await anew().drop();
      await anew().drop();
      expect(await specimen.fingerprint(archive.units)).toBe(dumped);
      expect(await leftoversSoon(specimen, tag)).toEqual([]);
    }, 300_000);

    test("a restore started again under the same tag after a crash ends well", async () => {
      const { specimen, archive, dumped } = await changedAfterBackup();
      const tag = await runUntil(engine, { specimen, archive, last: "load" });
      await runUntil(engine, { specimen, archive, last: "commit", tag });
      expect(await specimen.fingerprint(archive.units)).toBe(dumped);
    }, 300_000);
  });
}

interface Run<Target> {
  readonly specimen: Specimen<Target>;
  readonly archive: Archive;
  readonly last: Step;
  readonly tag?: string;
}

/** Runs a restore up to and with this step, a new Restoration for each as if the worker had died between all of them. */
async function runUntil<Target>(engine: Engine<Target>, run: Run<Target>): Promise<string> {
  const { specimen, archive, last } = run;
  const { tag } = run.tag === undefined ? specimen.reach() : { tag: run.tag };
  const anew = (): Restoration => restorationOf(engine, specimen.reach({ tag }), archive);
  let output = "";
  disturb(specimen);
  const steps: Record<Step, () => Promise<unknown>> = {
    check: () => anew().check(),
    prepare: () => anew().prepare(),
    load: async () => {
      const carrier = { ...carrierOf(specimen), reach: specimen.reach({ tag }) };
      output = await load(carrier, anew(), openArchive(archive));
    },
    loaded: () => anew().loaded(output),
    commit: () => anew().commit(),
  };
  for (const step of STEPS.slice(0, STEPS.indexOf(last) + 1)) await steps[step]();
  return tag;
}
