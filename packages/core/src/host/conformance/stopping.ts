import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { Fault } from "../../model/fault.ts";
import { Secret } from "../../model/secret.ts";
import {
  commandLines,
  drain,
  type HostGround,
  hangingSource,
  hasAppeared,
  isGone,
  localCommandLines,
} from "./ground.ts";

/** Ignores every polite request, and so do its children. */
const STUBBORN = `trap '' TERM INT HUP; while :; do sleep 1; done`;

/** The promise is ten seconds; the rest is for machines that run many suites at once. */
const STOPPED_MS = 20_000;

/** What an abort leaves behind: nothing. */
export function describeStopping(ground: () => HostGround): void {
  describe("an abort", () => {
    test.for([
      { kind: "willing", script: "sleep 300; exit 0" },
      { kind: "stubborn", script: STUBBORN },
    ])("stops a $kind program where it runs", async ({ script }) => {
      const { host } = ground();
      const word = newWord();
      const aborter = new AbortController();
      const run = host.run({ argv: ["sh", "-c", script, word] }, { signal: aborter.signal });
      run.catch(() => undefined);
      await hasAppeared(host, word);
      const startedAt = Date.now();
      aborter.abort();
      await expect(run).rejects.toMatchObject({ code: "job.cancelled" });
      expect(Date.now() - startedAt).toBeLessThan(STOPPED_MS);
      expect(await isGone(host, word)).toBe(true);
    });

    test("stops a program that is read, and one that is written to", async () => {
      const { host } = ground();
      const [reading, writing] = [newWord(), newWord()];
      const aborter = new AbortController();
      const options = { signal: aborter.signal };
      const read = drain(host.read({ argv: ["sh", "-c", "cat /dev/zero; exit 0", reading] }, options));
      const write = host.write({ argv: ["sh", "-c", "cat; exit 0", writing] }, hangingSource(), options);
      const both = Promise.allSettled([read, write]);
      await Promise.all([hasAppeared(host, reading), hasAppeared(host, writing)]);
      aborter.abort(new Fault("job.stalled", "no sign of life"));
      const [readEnd, writeEnd] = await both;
      expect(readEnd).toMatchObject({ status: "rejected", reason: { code: "job.stalled" } });
      expect(writeEnd).toMatchObject({ status: "rejected", reason: { code: "job.stalled" } });
      expect(await isGone(host, reading)).toBe(true);
      expect(await isGone(host, writing)).toBe(true);
    });

    test("from before the call starts nothing", async () => {
      const { host } = ground();
      const options = { signal: AbortSignal.abort() };
      const cancelled = { code: "job.cancelled" };
      await expect(host.run({ argv: ["true"] }, options)).rejects.toMatchObject(cancelled);
      await expect(drain(host.read({ argv: ["true"] }, options))).rejects.toMatchObject(cancelled);
      await expect(host.write({ argv: ["cat"] }, hangingSource(), options)).rejects.toMatchObject(cancelled);
    });

    test("leaves other programs alone", async () => {
      const { host } = ground();
      const aborter = new AbortController();
      const tag = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
      const other = host.run({ argv: ["sh", "-c", "sleep 2; echo done"] }, { tag });
      const stopped = host.run({ argv: ["sleep", "300"] }, { tag, signal: aborter.signal });
      await sleep(700);
      aborter.abort();
      await expect(stopped).rejects.toMatchObject({ code: "job.cancelled" });
      expect((await other).stdout).toBe("done\n");
    });
  });

  describeSecrets(ground);
}

function describeSecrets(ground: () => HostGround): void {
  describe("a secret", () => {
    test("is in no command line of any machine while its program runs", async () => {
      const { host, carrier } = ground();
      const word = newWord();
      const secret = `s3cr3t-${randomBytes(8).toString("hex")}`;
      const aborter = new AbortController();
      const command = {
        argv: ["sh", "-c", "sleep 300; exit 0", word] as const,
        secrets: { PGPASSWORD: new Secret(secret) },
      };
      const run = host.run(command, { signal: aborter.signal }).catch((error: unknown) => error);
      await hasAppeared(host, word);
      const seen = [
        await commandLines(host),
        carrier ? await commandLines(carrier) : "",
        localCommandLines(),
      ];
      aborter.abort();
      await run;
      // Only yes or no is compared: a difference would print every command line of the machine.
      expect(seen.some((lines) => lines.includes(word))).toBe(true);
      expect(seen.some((lines) => lines.includes(secret))).toBe(false);
    });

    test("is in no error, though the program repeats it", async () => {
      const { host } = ground();
      const secret = `s3cr3t 'quoted' ${randomBytes(8).toString("hex")}`;
      const command = {
        argv: ["sh", "-c", 'echo "login failed: $PGPASSWORD" >&2; exit 1'] as const,
        secrets: { PGPASSWORD: new Secret(secret) },
      };
      const error = await drain(host.read(command)).catch((e: unknown) => e);
      expect(error).toBeInstanceOf(Fault);
      const shown = JSON.stringify([String(error), error instanceof Fault ? error.context : ""]);
      expect(shown).toContain("login failed");
      expect(shown).not.toContain(secret.slice(-16));
      expect((await host.run(command)).stderr).not.toContain(secret.slice(-16));
    });
  });
}

function newWord(): string {
  return `cofre-word-${randomBytes(6).toString("hex")}`;
}
