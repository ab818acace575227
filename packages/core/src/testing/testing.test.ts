import { describe, expect, test } from "vitest";
import { fakeClock } from "./fake-clock.ts";
import { randomData } from "./random-data.ts";
import { awkwardNames, awkwardPasswords } from "./specimens.ts";

describe("awkward names and passwords", () => {
  test.each([
    ["names", awkwardNames],
    ["passwords", awkwardPasswords],
  ] as const)(
    "of %s fit a file name, are all different and hold everything that breaks people",
    (_what, all) => {
      expect(Math.max(...all.map((one) => Buffer.byteLength(one)))).toBe(255);
      expect(new Set(all).size).toBe(all.length);
      for (const trouble of ["'", '"', "$(", "`", " ", "\n", "\\", "ã"]) {
        expect(all.some((one) => one.includes(trouble))).toBe(true);
      }
      expect(all.some((one) => one.startsWith("-"))).toBe(true);
      expect(all.some((one) => /\p{Extended_Pictographic}/u.test(one))).toBe(true);
    },
  );
});

test("random data follows from its seed alone", () => {
  const draw = (seed: number) => {
    const random = randomData(seed);
    return [random.integer(1_000), random.pick(["a", "b", "c"]), random.bytes(8).toString("hex")];
  };
  expect(draw(7)).toEqual(draw(7));
  expect(draw(7)).not.toEqual(draw(8));
});

test("a fake clock stands still until it is moved", () => {
  const clock = fakeClock("2026-02-09T18:30:00Z");
  expect(clock.now()).toEqual(clock.now());
  clock.advance(90_000);
  expect(clock.now().toISOString()).toBe("2026-02-09T18:31:30.000Z");
  clock.advance(-90_000);
  clock.set("2027-01-01T00:00:00Z");
  expect(clock.now().toISOString()).toBe("2027-01-01T00:00:00.000Z");
});
