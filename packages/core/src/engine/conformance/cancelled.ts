import { describe, expect, test } from "vitest";
import type { Engine } from "../engine.ts";
import { leftoversSoon } from "./failed-dump.ts";
import { grown } from "./held.ts";
import { firstGroup } from "./round-trip.ts";
import type { Pair } from "./specimen.ts";
import { takeArchive } from "./take-archive.ts";

export function stopsWhenCancelled<Target>(engine: Engine<Target>, pair: Pair<Target>): void {
  describe("when a backup is cancelled", () => {
    test("it stops within ten seconds and leaves nothing inside", async () => {
      const original = await grown(pair.original());
      const stop = new AbortController();
      const reach = original.reach({ signal: stop.signal });
      let stoppedAt = 0;
      const whileDumping = async (): Promise<void> => {
        stoppedAt = Date.now();
        stop.abort();
      };
      const taken = takeArchive(
        engine,
        { reach, journals: original.journals },
        { units: firstGroup(engine, original), whileDumping },
      );
      await expect(taken).rejects.toThrow();
      await engine.sweep?.(original.reach({ tag: reach.tag }));
      expect(await leftoversSoon(original, reach.tag)).toEqual([]);
      expect(Date.now() - stoppedAt).toBeLessThan(10_000);
    }, 120_000);
  });
}
