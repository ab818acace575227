import { Readable } from "node:stream";
import { describe, expect, test } from "vitest";
import type { Engine } from "../engine.ts";
import { dumpOf, putArchive } from "./carry.ts";
import { leftoversSoon } from "./failed-dump.ts";
import { changed, disturb } from "./held.ts";
import { carrierOf, firstGroup } from "./round-trip.ts";
import type { Pair } from "./specimen.ts";

export function survivesCutRestores<Target>(engine: Engine<Target>, pair: Pair<Target>): void {
  describe.runIf(engine.capabilities.atomicRestore)("when a restore is cut half-way", () => {
    test("after 1, 50 and 99 % of its bytes, the target is as it was and the next restore works", async () => {
      const units = firstGroup(engine, pair.original());
      const { archive, dumped } = await pair.shelf.archive(units, engine.formats[0]);
      const original = await changed(pair.original());
      const before = await original.fingerprint(units);
      const dump = await dumpOf(archive);
      disturb(original);
      for (const share of [0.01, 0.5, 0.99]) {
        const carrier = carrierOf(original);
        const bytes = dump.subarray(0, Math.floor(dump.length * share));
        const source = Readable.from(cutBytes(bytes), { objectMode: false });
        await expect(putArchive(engine, carrier, { archive, source }), `cut at ${share}`).rejects.toThrow();
        expect(await leftoversSoon(original, carrier.reach.tag)).toEqual([]);
        expect(await original.fingerprint(units)).toBe(before);
      }
      await putArchive(engine, carrierOf(original), { archive });
      expect(await original.fingerprint(units)).toBe(dumped);
    }, 300_000);
  });
}

async function* cutBytes(bytes: Buffer): AsyncGenerator<Buffer> {
  for (let from = 0; from < bytes.length; from += 65_536) yield bytes.subarray(from, from + 65_536);
  throw new Error("the connection to the store was lost");
}
