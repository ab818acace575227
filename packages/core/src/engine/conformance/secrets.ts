import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import type { Host } from "../../host/host.ts";
import type { Engine } from "../engine.ts";
import { removeArchive, restorationOf } from "./carry.ts";
import { grown } from "./held.ts";
import { firstGroup } from "./round-trip.ts";
import type { Pair, Specimen } from "./specimen.ts";
import { takeArchive } from "./take-archive.ts";

export function keepsSecrets<Target>(engine: Engine<Target>, pair: Pair<Target>): void {
  describe("secrets", () => {
    test("are in no plan, no argv, no environment that ps shows, no journal and no answer", async () => {
      const original = await grown(pair.original());
      const units = firstGroup(engine, original);
      const reach = original.reach();
      const seen: string[] = [];
      const archive = await takeArchive(
        engine,
        { reach, journals: original.journals },
        {
          units,
          whileDumping: async () => void seen.push(await everythingOn(reach.server, original.journals)),
        },
      );
      await removeArchive(archive);
      seen.push(JSON.stringify(await engine.inspect(original.reach())));
      seen.push(shown(await engine.dump(original.reach(), { units, digests: "auto" })));
      seen.push(shown(restorationOf(engine, original.reach(), archive).load));
      seen.push(shown(archive));
      expectNoSecrets(original, seen);
    }, 300_000);

    // Who reads by its user's own rights alone, as files do, is asked for no password.
    const isAsked = engine.secretFields.length > 0;
    test.runIf(isAsked)(
      "a wrong password is named as such, before the first byte, and not shown",
      async () => {
        const original = pair.original();
        if (original.reachAsStranger === undefined) throw new Error(`this ${engine.id} asks for no password`);
        const stranger = original.reachAsStranger();
        const units = firstGroup(engine, original);
        const refused: unknown = await engine
          .dump(stranger, { units, digests: "none" })
          .catch((error: unknown) => error);
        expect(refused).toMatchObject({ name: "Fault", code: "target.auth" });
        await expect(engine.inspect(stranger)).rejects.toMatchObject({ code: "target.auth" });
        expectNoSecrets(original, [shown(refused)]);
      },
      60_000,
    );
  });
}

function shown(value: unknown): string {
  return `${inspect(value, { depth: 12, maxStringLength: null })}\n${JSON.stringify(value)}`;
}

function expectNoSecrets<Target>(specimen: Specimen<Target>, texts: readonly string[]): void {
  expect(specimen.secrets.length).toBeGreaterThan(0);
  for (const secret of specimen.secrets) {
    const leaks = texts.filter((text) => text.includes(secret.reveal()));
    expect(leaks.length, `texts with a secret in them, of ${texts.length}`).toBe(0);
  }
}

/** Every command line on the machine, and every file of every journal. */
async function everythingOn(server: Host, journals: string): Promise<string> {
  const script = "cat /proc/[0-9]*/cmdline | tr '\\000' ' '; find \"$1\" -type f -exec cat {} +";
  const { stdout } = await server.run({ argv: ["sh", "-c", script, "look", journals] });
  return stdout;
}
