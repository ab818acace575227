import { expect, test } from "vitest";
import { safeReturn } from "./safe-return.ts";

test.each([
  ["/servers?act=add", "/servers?act=add"],
  ["/", "/"],
  ["//evil.example", "/"],
  ["/\\evil.example", "/"],
  ["https://evil.example", "/"],
  ["/sign-in?from=/sign-in", "/"],
  ["/setup", "/"],
  [undefined, "/"],
  [["/a", "/b"], "/"],
])("from %s one goes to %s", (from, to) => expect(safeReturn(from)).toBe(to));
