import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { expect, test } from "vitest";
import { wholeOf } from "./whole.ts";

const pieces = ["one ", "two ", "three"].map((text) => Buffer.from(text));
const sha256 = createHash("sha256").update(Buffer.concat(pieces)).digest("hex");

async function collect(source: AsyncIterable<Buffer>, into: Buffer[]): Promise<void> {
  for await (const piece of source) into.push(piece);
}

test("a file that is what was written passes whole", async () => {
  const passed: Buffer[] = [];
  await collect(wholeOf(Readable.from(pieces), sha256), passed);
  expect(Buffer.concat(passed).toString()).toBe("one two three");
});

test("a file that is not what was written errors before its last piece", async () => {
  const passed: Buffer[] = [];
  const altered = [...pieces.slice(0, 2), Buffer.from("Three")];
  await expect(collect(wholeOf(Readable.from(altered), sha256), passed)).rejects.toMatchObject({
    code: "archive.damaged",
  });
  expect(Buffer.concat(passed).toString()).toBe("one two ");
});
