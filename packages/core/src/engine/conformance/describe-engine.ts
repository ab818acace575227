import { afterAll, beforeAll, describe } from "vitest";
import type { Engine } from "../engine.ts";
import { stopsWhenCancelled } from "./cancelled.ts";
import { survivesCrashesBetweenSteps } from "./crashed.ts";
import { survivesCutRestores } from "./cut-restore.ts";
import { refusesDamage } from "./damaged.ts";
import { survivesFailedDumps } from "./failed-dump.ts";
import { shelfOf } from "./held.ts";
import { knowsItsOwn } from "./identify.ts";
import { keepsBackupsRepeatable } from "./round-trip.ts";
import { keepsSecrets } from "./secrets.ts";
import type { Pair, Specimen } from "./specimen.ts";
import { keepsConsistency } from "./under-writers.ts";
import { refusesWrongVersions } from "./versions.ts";

/** Everything, or that it goes out, comes back and refuses. */
export type Extent = "every promise" | "round trips";

/**
 * What every engine promises, against two real servers that `start` gives. What is not promised by the engine's
 * capabilities is not asked of it.
 */
export function describeEngine<Target>(
  engine: Engine<Target>,
  start: () => Promise<Specimen<Target>>,
  extent: Extent = "every promise",
): void {
  describe(`${engine.id} keeps the engine contract`, () => {
    const running: Specimen<Target>[] = [];
    const at = (index: number): Specimen<Target> => {
      const specimen = running[index];
      if (specimen === undefined) throw new Error(`server ${index} of ${engine.id} did not start`);
      return specimen;
    };
    const shelf = shelfOf(engine, () => at(0));
    const pair: Pair<Target> = { original: () => at(0), replica: () => at(1), shelf };

    beforeAll(async () => {
      for (let index = 0; index < 2; index += 1) running.push(await start());
    }, 300_000);
    afterAll(async () => {
      await shelf[Symbol.asyncDispose]();
      for (const specimen of running) await specimen[Symbol.asyncDispose]();
    }, 120_000);

    keepsBackupsRepeatable(engine, pair);
    refusesWrongVersions(engine, pair);
    knowsItsOwn(engine, pair);
    if (extent === "round trips") return;
    refusesDamage(engine, pair);
    survivesCutRestores(engine, pair);
    survivesCrashesBetweenSteps(engine, pair);
    keepsConsistency(engine, pair);
    survivesFailedDumps(engine, pair);
    stopsWhenCancelled(engine, pair);
    keepsSecrets(engine, pair);
  });
}
