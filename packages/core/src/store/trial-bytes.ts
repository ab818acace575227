import { createHash } from "node:crypto";
import { Readable } from "node:stream";

/** The content as a stream of small chunks. */
export function inParts(content: Buffer): Readable {
  return Readable.from(parts(content), { objectMode: false });
}

function* parts(content: Buffer): Generator<Buffer> {
  for (let at = 0; at < content.length; at += 65_536) yield content.subarray(at, at + 65_536);
}

/** Gives the content, then fails. */
export function dyingAfter(content: Buffer, error: Error): Readable {
  return Readable.from(
    (async function* dying() {
      yield content;
      throw error;
    })(),
  );
}

interface HeldBack {
  readonly source: Readable;
  /** Once the store asks for the byte that is held back: it has taken the rest. */
  readonly reached: Promise<void>;
  finish(): void;
}

/** Gives all but the last byte, and that one only when told to. */
export function heldBack(content: Buffer): HeldBack {
  const reached = Promise.withResolvers<void>();
  const finish = Promise.withResolvers<void>();
  async function* held() {
    yield* parts(content.subarray(0, -1));
    reached.resolve();
    await finish.promise;
    yield content.subarray(-1);
  }
  const source = Readable.from(held(), { objectMode: false });
  return { source, reached: reached.promise, finish: finish.resolve };
}

/** Lower-case hex. */
export function digestOf(content: Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}
