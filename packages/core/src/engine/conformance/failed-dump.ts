import { describe, expect, test } from "vitest";
import type { Engine } from "../engine.ts";
import { grown } from "./held.ts";
import { firstGroup, take } from "./round-trip.ts";
import type { Pair, Specimen } from "./specimen.ts";
import { takeArchive } from "./take-archive.ts";

/** Waits for work under this tag to be gone from the target, at most ten seconds. */
export async function leftoversSoon<Target>(
  specimen: Specimen<Target>,
  tag: string,
): Promise<readonly string[]> {
  const until = Date.now() + 10_000;
  let found = await specimen.leftovers(tag);
  while (found.length > 0 && Date.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, 200));
    found = await specimen.leftovers(tag);
  }
  return found;
}

export function survivesFailedDumps<Target>(engine: Engine<Target>, pair: Pair<Target>): void {
  describe("when the dump fails half-way", () => {
    test("no archive comes of it, nothing is left at the target, and the same request then succeeds", async () => {
      const original = await grown(pair.original());
      const units = firstGroup(engine, original);
      const reach = original.reach();
      const taken = takeArchive(
        engine,
        { reach, journals: original.journals },
        { units, whileDumping: () => original.breakDump(reach.tag) },
      );
      await expect(taken).rejects.toMatchObject({ name: "Fault" });
      await engine.sweep?.(reach);
      expect(await leftoversSoon(original, reach.tag)).toEqual([]);
      await take(engine, original, { units, digests: "none" });
    }, 300_000);
  });
}
