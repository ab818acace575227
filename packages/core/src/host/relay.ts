import { finished, Readable } from "node:stream";

const READ_AHEAD_BYTES = 256 * 1024;

export interface Ends {
  /** What an error of the source is called towards the reader. */
  readonly bad?: (error: Error) => Error | Promise<Error>;
  /** Called before a good end is told, with the bytes that passed; throwing makes it a bad one. */
  readonly good?: (bytes: number) => void | Promise<void>;
  /** Called before the source is closed, when the reader wants no more of it. */
  readonly cut?: () => Promise<void>;
}

/** Passes a stream on and has the last word about how it ends. Closed only once the source is closed. */
export function relay(source: Readable, { bad = same, good, cut = nothing }: Ends): Readable {
  let bytes = 0;
  const out = new Readable({
    highWaterMark: READ_AHEAD_BYTES,
    read: () => void source.resume(),
    destroy: (error, done) => {
      if (source.closed || source.readableEnded) return done(error);
      source.once("close", () => done(error));
      // It flows and is dropped meanwhile: a container engine tells no exit of any program in a container while the
      // output of one that ended is not taken.
      source.resume();
      void cut().finally(() => source.destroy());
    },
  });
  const fail = (error: unknown) =>
    void out.destroy(error instanceof Error ? error : new Error(String(error)));
  const finish = async () => {
    await good?.(bytes);
    out.push(null);
  };
  source.pause();
  source.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (!out.push(chunk) && !out.destroyed) source.pause();
  });
  // Also tells an error from before this call, and a close without an end.
  finished(source, { writable: false }, (error) => {
    if (out.destroyed) return;
    if (error) void Promise.resolve(bad(error)).then(fail, fail);
    else void finish().catch(fail);
  });
  return out;
}

function same(error: Error): Error {
  return error;
}

function nothing(): Promise<void> {
  return Promise.resolve();
}
