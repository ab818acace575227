import { describe, expect, test } from "vitest";
import { readRange } from "./byte-range.ts";

describe("a Range header", () => {
  test.each([
    ["bytes=0-0", { start: 0, end: 0 }],
    ["bytes=2-5", { start: 2, end: 5 }],
    ["bytes=7-", { start: 7, end: 9 }],
    ["bytes=7-100", { start: 7, end: 9 }],
    ["bytes=-3", { start: 7, end: 9 }],
    ["bytes=-100", { start: 0, end: 9 }],
  ])("%s of ten bytes is one part", (header, part) => {
    expect(readRange(header, 10)).toEqual(part);
  });

  test.each([undefined, "", "bytes=", "bytes=-", "bytes=0-1,4-5", "lines=1-2", "bytes=5-2", "bytes=a-b"])(
    "%s sends the whole file",
    (header) => {
      expect(readRange(header, 10)).toBeUndefined();
    },
  );

  test.each(["bytes=10-", "bytes=10-12", "bytes=-0"])("%s lies behind ten bytes", (header) => {
    expect(() => readRange(header, 10)).toThrow(
      expect.objectContaining({ code: "range.unsatisfiable", context: { bytes: 10 } }),
    );
  });
});
