import { type Duplex, pipeline, type Readable } from "node:stream";

/**
 * Joins streams and returns the last one's readable side. An error anywhere reaches the reader as it was thrown; a reader that
 * goes away, or any error, destroys every stream, the source included. The reader MUST be consumed or destroyed.
 */
export function chain(source: Readable, ...through: readonly Duplex[]): Readable {
  const last = through.at(-1);
  if (last === undefined) return source;
  // `.pipe()` forgets errors and leaves its sink open for ever; pipeline destroys every stream with the first error.
  pipeline([source, ...through], () => undefined);
  return last;
}
