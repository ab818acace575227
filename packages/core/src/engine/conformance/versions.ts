import { describe, expect, test } from "vitest";
import type { Engine } from "../engine.ts";
import { restorationOf } from "./carry.ts";
import { firstGroup } from "./round-trip.ts";
import type { Pair } from "./specimen.ts";

const TOO_NEW = "99.7";

export function refusesWrongVersions<Target>(engine: Engine<Target>, pair: Pair<Target>): void {
  describe.runIf(engine.kind === "database")("an archive of a newer server", () => {
    test("is refused before anything is changed, with both versions named", async () => {
      const original = pair.original();
      const { archive } = await pair.shelf.archive(firstGroup(engine, original), engine.formats[0]);
      const newer = { ...archive, serverVersion: TOO_NEW };
      const major = archive.serverVersion.split(".")[0] ?? "";
      const checked = restorationOf(engine, original.reach(), newer).check();
      await expect(checked).rejects.toMatchObject({
        code: "engine.version",
        message: expect.stringContaining("99"),
      });
      await expect(checked).rejects.toMatchObject({ message: expect.stringContaining(major) });
    });
  });
}
