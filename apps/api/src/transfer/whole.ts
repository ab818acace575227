import { createHash } from "node:crypto";
import type { Readable } from "node:stream";
import { Fault } from "@cofre/core/model";

/**
 * Passes a stored file on and checks its digest on the way. The last piece waits for the digest: a file that is not what was written
 * ends as an error, with a byte missing, never in peace.
 */
export async function* wholeOf(source: Readable, sha256: string): AsyncGenerator<Buffer> {
  const digest = createHash("sha256");
  let held: Buffer | undefined;
  for await (const piece of source) {
    // checked: stores read bytes
    const bytes = piece as Buffer;
    digest.update(bytes);
    if (held !== undefined) yield held;
    held = bytes;
  }
  const found = digest.digest("hex");
  if (found !== sha256) {
    throw new Fault("archive.damaged", "the stored file is not what was written", {
      hint: "Do not use this backup; validate the others and choose one that is intact.",
      context: { expected: sha256, found },
    });
  }
  if (held !== undefined) yield held;
}
