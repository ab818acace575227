import { describe, expect, test } from "vitest";
import type { Engine } from "../engine.ts";
import { dumpOf } from "./carry.ts";
import { placesBetween, randomFrom } from "./random.ts";
import { firstGroup } from "./round-trip.ts";
import type { Pair } from "./specimen.ts";

const HEAD_BYTES = 65_536;

/** Heads of what other engines and people write, none of them ours unless an engine says so. */
const STRANGERS: Readonly<Record<string, Buffer>> = {
  nothing: Buffer.alloc(0),
  text: Buffer.from("Dear diary,\nnothing happened today.\n"),
  gzip: Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]),
  zip: Buffer.from("PK\u0003\u0004"),
  "mysql dump": Buffer.from("-- MySQL dump 10.13  Distrib 8.0.36\n--\n-- Host: localhost\n"),
  "mariadb dump": Buffer.from("/*M!999999\\- enable the sandbox mode */ \n-- MariaDB dump 10.19\n"),
  "mongodb archive": Buffer.from([0x6d, 0xe2, 0x99, 0x81, 0, 0, 0, 0]),
};

export function knowsItsOwn<Target>(engine: Engine<Target>, pair: Pair<Target>): void {
  describe("identification", () => {
    test.each(engine.formats)(
      "knows its own dumps as %s",
      async (format) => {
        const { archive } = await pair.shelf.archive(firstGroup(engine, pair.original()), format);
        const head = (await dumpOf(archive)).subarray(0, HEAD_BYTES);
        const identified = engine.identify(head);
        expect(identified?.engine).toBe(engine.id);
        expect(identified?.format.name).toBe(archive.format.name);
        expect(identified?.format.extension).toBe(archive.format.extension);
        expect([null, archive.serverVersion]).toContain(identified?.serverVersion);
        // However little of it is there, it never throws.
        for (const end of placesBetween(randomFrom(1), { from: 0, to: head.length, count: 200 })) {
          engine.identify(head.subarray(0, end));
        }
      },
      120_000,
    );

    test.each(Object.keys(STRANGERS))("does not take %s for its own", (name) => {
      expect(engine.identify(STRANGERS[name] ?? Buffer.alloc(0))).toBeUndefined();
    });
  });
}
