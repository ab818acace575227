import { describe, expect, test } from "vitest";
import type { Engine } from "../engine.ts";
import { putArchive } from "./carry.ts";
import { disturb, filled } from "./held.ts";
import { carrierOf, firstGroup, take } from "./round-trip.ts";
import type { Pair } from "./specimen.ts";

export function keepsConsistency<Target>(engine: Engine<Target>, pair: Pair<Target>): void {
  describe.runIf(engine.capabilities.consistent)("while clients write", () => {
    test("a dump shows whole transactions only, and its facts are of the same moment", async () => {
      const original = pair.original();
      const replica = pair.replica();
      if (original.startWriters === undefined || replica.brokenRule === undefined) {
        throw new Error(`${engine.id} says it is consistent, but its specimen has no writers to show it`);
      }
      disturb(replica);
      await Promise.all([filled(original), replica.empty()]);
      disturb(original);
      await original.grow(8 << 20);
      const units = firstGroup(engine, original);
      const writers = await original.startWriters();
      const archive = await take(engine, original, { units }).finally(() => writers[Symbol.asyncDispose]());
      await putArchive(engine, carrierOf(replica), { archive });
      for (const unit of units) expect(await replica.brokenRule(unit)).toBeUndefined();
      const again = await take(engine, replica, { units });
      expect(again.facts, archive.warnings.join("\n")).toEqual(archive.facts);
    }, 300_000);
  });
}
