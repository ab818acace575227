import { Readable } from "node:stream";
import { describe, expect, test } from "vitest";
import type { Engine } from "../engine.ts";
import { dumpOf, putArchive } from "./carry.ts";
import { leftoversSoon } from "./failed-dump.ts";
import { carrierOf, firstGroup, take } from "./round-trip.ts";
import type { Pair } from "./specimen.ts";

export function survivesCutRestores<Target>(engine: Engine<Target>, pair: Pair<Target>): void {
  describe.runIf(engine.capabilities.atomicRestore)("when a restore is cut half-way", () => {
    test.each([0.01, 0.5, 0.99])(
      "after %f of its bytes, the target is as it was and the next restore works",
      async (share) => {
        const original = pair.original();
        await original.empty();
        await original.fill();
        const units = firstGroup(engine, original);
        const archive = await take(engine, original, { units });
        const dumped = await original.fingerprint(units);
        await original.change();
        const before = await original.fingerprint(units);
        const dump = await dumpOf(archive);
        const carrier = carrierOf(original);
        const source = Readable.from(cutBytes(dump.subarray(0, Math.floor(dump.length * share))), {
          objectMode: false,
        });
        await expect(putArchive(engine, carrier, { archive, source })).rejects.toThrow();
        expect(await leftoversSoon(original, carrier.reach.tag)).toEqual([]);
        expect(await original.fingerprint(units)).toBe(before);
        await putArchive(engine, carrierOf(original), { archive });
        expect(await original.fingerprint(units)).toBe(dumped);
      },
      300_000,
    );
  });
}

async function* cutBytes(bytes: Buffer): AsyncGenerator<Buffer> {
  for (let from = 0; from < bytes.length; from += 65_536) yield bytes.subarray(from, from + 65_536);
  throw new Error("the connection to the store was lost");
}
