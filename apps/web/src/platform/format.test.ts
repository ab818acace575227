import { describe, expect, test } from "vitest";
import { formatFor } from "./format.ts";

const NOW = new Date(2026, 10, 22, 18, 30, 0).getTime();
const pt = formatFor("pt-BR", () => NOW);
const en = formatFor("en", () => NOW);
const before = (ms: number) => new Date(NOW - ms).toISOString();
const HOUR = 3_600_000;

describe("bytes", () => {
  test.each([
    [0, "0 B"],
    [999, "999 B"],
    [1_000, "1 kB"],
    [2_540_000, "2,5 MB"],
    [999_999, "1.000 kB"],
    [4_100_000_000, "4,1 GB"],
    [7e18, "7.000 PB"],
  ])("%d are %s in Portuguese", (bytes, said) => expect(pt.bytes(bytes)).toBe(said));
  test("English has a point", () => expect(en.bytes(2_540_000)).toBe("2.5 MB"));
});

describe("times as people say them", () => {
  test("a clock a few seconds ahead never says that the past is to come", () => {
    expect(pt.ago(before(-5_000))).toBe("agora");
  });
  test.each([
    [90_000, "há 1 minuto"],
    [2.9 * HOUR, "há 2 horas"],
    [26 * HOUR, "ontem"],
    [70 * HOUR, "há 2 dias"],
    [-9.5 * HOUR, "em 9 horas"],
  ])("%d ms ago is %s", (ms, said) =>
    expect(pt.ago(before(ms)).replace("anteontem", "há 2 dias")).toBe(said),
  );
  test("days near today have a name", () => {
    expect(pt.day(before(0))).toBe("hoje 18:30");
    expect(pt.day(before(19 * HOUR))).toBe("ontem 23:30");
    expect(pt.day(before(-9 * HOUR))).toBe("amanhã 03:30");
  });
  test("English counts hours without a nought", () => {
    expect(en.day(before(15.5 * HOUR)).replaceAll("\u202f", " ")).toBe("today 3:00 AM");
  });
  test("other days have a date, and a year when it is not this one", () => {
    expect(pt.day(before(20 * 24 * HOUR))).toMatch(/^2 de nov\., 18:30$/);
    expect(pt.day(before(400 * 24 * HOUR))).toContain("2025");
  });
});

describe("how long something lasts", () => {
  test.each([
    [200, "1 s"],
    [59_400, "59 s"],
    [80_000, "1 min 20 s"],
    [120_000, "2 min"],
    [15 * 60_000 + 30_000, "15 min"],
    [80 * 60_000, "1 h 20 min"],
    [2 * HOUR, "2 h"],
  ])("%d ms is %s", (ms, said) => expect(pt.lasting(ms)).toBe(said));
});
