import { randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import { sealerOf } from "./seal.ts";

const place = { table: "servers", row: "a1", column: "sealed_auth" };
const key = randomBytes(32);

describe("a sealed secret", () => {
  const sealer = sealerOf(new Map([[1, key]]));

  test("opens where it was sealed, whatever its letters", () => {
    const clear = "p'a\"s$(s)\n\u0000 señha 🔐";
    expect(sealer.open(place, sealer.seal(place, clear))).toBe(clear);
  });

  test("does not show what it holds, and is never the same twice", () => {
    const sealed = sealer.seal(place, "hunter2");
    expect(sealed).not.toContain("hunter2");
    expect(sealer.seal(place, "hunter2")).not.toBe(sealed);
  });

  test.each([
    ["table", { ...place, table: "resources" }],
    ["row", { ...place, row: "a2" }],
    ["column", { ...place, column: "other" }],
  ])("does not open under another %s", (_what, elsewhere) => {
    const sealed = sealer.seal(place, "hunter2");
    expect(() => sealer.open(elsewhere, sealed)).toThrow("cannot be opened");
  });

  test("does not open when any of its characters was changed", () => {
    const sealed = sealer.seal(place, "hunter2");
    const body = sealed.lastIndexOf(".") + 1;
    for (let index = body; index < sealed.length - 1; index += 1) {
      const letter = sealed[index] === "A" ? "B" : "A";
      const altered = sealed.slice(0, index) + letter + sealed.slice(index + 1);
      expect(() => sealer.open(place, altered)).toThrow("cannot be opened");
    }
  });

  test("does not open when it was cut", () => {
    const sealed = sealer.seal(place, "hunter2");
    for (const cut of ["", "s1", "s1.1.", sealed.slice(0, 20)]) {
      expect(() => sealer.open(place, cut)).toThrow("cannot be opened");
    }
  });

  test("sealed with an old key opens after a rotation, and new ones need the new key", () => {
    const old = sealer.seal(place, "hunter2");
    const rotated = sealerOf(new Map([...[[1, key] as const], [2, randomBytes(32)]]));
    expect(rotated.open(place, old)).toBe("hunter2");
    expect(() => sealer.open(place, rotated.seal(place, "hunter2"))).toThrow("version 2");
  });
});
