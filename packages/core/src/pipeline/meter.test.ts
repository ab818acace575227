import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { finished } from "node:stream/promises";
import { expect, test } from "vitest";
import { chain } from "./chain.ts";
import { meter } from "./meter.ts";

test("counts and digests what passes, tells how far it is, and hands on the very same bytes", async () => {
  const parts = [Buffer.from("one"), Buffer.alloc(70_000, 7), Buffer.from("two")];
  const told: number[] = [];
  const counted = meter((bytes) => told.push(bytes));
  const seen: unknown[] = [];
  await finished(chain(Readable.from(parts), counted).on("data", (chunk) => seen.push(chunk)));
  expect(counted.bytes).toBe(70_006);
  expect(told).toEqual([3, 70_003, 70_006]);
  expect(counted.sha256()).toBe(createHash("sha256").update(Buffer.concat(parts)).digest("hex"));
  expect(counted.sha256()).toBe(counted.sha256());
  expect(seen.map((chunk, n) => chunk === parts[n])).toEqual([true, true, true]);
});

test("of nothing is the digest of nothing", async () => {
  const counted = meter();
  for await (const _ of chain(Readable.from([]), counted)) throw new Error("nothing was sent");
  expect([counted.bytes, counted.sha256()]).toEqual([0, createHash("sha256").digest("hex")]);
});
