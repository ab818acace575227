import { finished, Readable, type Writable } from "node:stream";
import { Fault } from "../model/fault.ts";
import type { Calling, Host, Ran, Running } from "./host.ts";
import { abortFault, type Call, cleanWords, exitCode, failed, type Launch, type Program } from "./program.ts";
import { countBuffer } from "./young-buffers.ts";

const MIB = 1024 * 1024;
const OUTPUT_BYTES = 8 * MIB;
const STDERR_BYTES = 16 * 1024;
const READ_AHEAD_BYTES = 256 * 1024;

/** `run`, `read` and `write` of a host, over the one act that hosts differ in: starting a program. */
export function programCalls(name: string, launch: Launch): Pick<Host, "run" | "read" | "write"> {
  return {
    run: (command, options = {}) =>
      run({ where: name, command, failure: "job.interrupted" }, launch, options),
    read: (command, options = {}) => read({ where: name, command, failure: "dump.failed" }, launch, options),
    write: (command, source, options = {}) =>
      write({ where: name, command, failure: "restore.failed" }, { launch, source }, options),
  };
}

async function run(call: Call, launch: Launch, options: Running): Promise<Ran> {
  const program = await launch(call.command, { ...calling(options), feed: options.stdin !== undefined });
  const stderr = tailOf(program.stderr);
  const stdout = gather(call, program.stdout, options.limitBytes ?? OUTPUT_BYTES);
  if (options.stdin !== undefined) {
    ignoreBrokenPipe(program.stdin);
    program.stdin.end(options.stdin);
  }
  return attended(program, options.signal, async () => {
    const [said, exit] = await Promise.all([stdout, program.ended]);
    const code = exitCode(call, program, { exit, stderr: stderr() });
    return { code, stdout: said, stderr: cleanWords(call.command, stderr()) };
  });
}

function read(call: Call, launch: Launch, options: Calling): Readable {
  let program: Program | undefined;
  let isOver = false;
  const out = new Readable({
    highWaterMark: READ_AHEAD_BYTES,
    construct: (ready) => {
      launch(call.command, { ...calling(options), feed: false }).then((started) => {
        program = started;
        void carry(call, started, out).finally(() => {
          isOver = true;
        });
        ready();
      }, ready);
    },
    read: () => void program?.stdout.resume(),
    destroy: (error, done) => {
      const stopped = program && !isOver ? program.stop(error ? "gently" : "at once") : Promise.resolve();
      stopped.then(
        () => done(error),
        (trouble: unknown) => done(error ?? (trouble instanceof Error ? trouble : null)),
      );
    },
  });
  abortDestroys(out, options.signal);
  return out;
}

/** Passes stdout on, and ends the stream only once the program's exit is known to be good. */
async function carry(call: Call, program: Program, out: Readable): Promise<void> {
  const stderr = tailOf(program.stderr);
  program.stdout.on("data", (chunk: Buffer) => {
    countBuffer(chunk.length);
    // A stream that was given up must flow to its end: only then does the other side count as closed.
    if (!out.push(chunk) && !out.destroyed) program.stdout.pause();
  });
  const exit = await program.ended;
  try {
    const code = exitCode(call, program, { exit, stderr: stderr() });
    if (code !== 0) throw failed(call, `exited with ${code}`, { exit, stderr: stderr() });
    out.push(null);
  } catch (error) {
    out.destroy(error instanceof Error ? error : new Fault("bug", "a program ended oddly", { cause: error }));
  }
}

async function write(
  call: Call,
  { launch, source }: { launch: Launch; source: Readable },
  options: Calling,
): Promise<Ran> {
  const sourceEnd = endOf(source); // before the start, or an early error of the source would have no listener
  try {
    const program = await launch(call.command, { ...calling(options), feed: true });
    const stderr = tailOf(program.stderr);
    const stdout = gather(call, program.stdout, OUTPUT_BYTES);
    const poured = pour(source, sourceEnd, program.stdin);
    return await attended(program, options.signal, async () => {
      const isAllTaken = await Promise.race([poured.then(() => true), program.ended.then(() => false)]);
      const [said, exit] = await Promise.all([stdout, program.ended]);
      const end = { exit, stderr: stderr() };
      const code = exitCode(call, program, end);
      if (code !== 0) throw failed(call, `exited with ${code}`, end);
      if (!isAllTaken) throw failed(call, "ended before it had read all its input", end);
      return { code, stdout: said, stderr: cleanWords(call.command, end.stderr) };
    });
  } finally {
    source.destroy();
  }
}

/** Resolves at the end of a source, rejects with its error; a source closed before its end is an error too. */
function endOf(source: Readable): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  finished(source, { writable: false }, (error) => (error ? reject(error) : resolve()));
  promise.catch(() => undefined); // whoever awaits it sees the error; nobody may, when the program ends first
  return promise;
}

/** Resolves when the sink took the last byte. A source's error leaves the sink open: closing it would look like peace. */
async function pour(source: Readable, sourceEnd: Promise<void>, sink: Writable): Promise<void> {
  ignoreBrokenPipe(sink);
  source.on("data", (chunk: Buffer) => {
    countBuffer(chunk.length);
    if (!sink.write(chunk)) source.pause();
  });
  sink.on("drain", () => source.resume());
  await sourceEnd;
  await new Promise<void>((resolve) => sink.end(resolve));
}

/** Waits for work on a program. Whatever goes wrong before the program's end stops it, and only then is told. */
async function attended<T>(
  program: Program,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = () => signal && reject(abortFault(signal));
  signal?.addEventListener("abort", onAbort, { once: true });
  if (signal?.aborted) onAbort();
  try {
    return await Promise.race([work(), aborted]);
  } catch (error) {
    await program.stop(signal?.aborted ? "gently" : "at once");
    throw error;
  } finally {
    signal?.removeEventListener("abort", onAbort);
  }
}

function abortDestroys(out: Readable, signal: AbortSignal | undefined): void {
  if (!signal) return;
  const onAbort = () => void out.destroy(abortFault(signal));
  if (signal.aborted) onAbort();
  signal.addEventListener("abort", onAbort, { once: true });
  out.once("close", () => signal.removeEventListener("abort", onAbort));
}

function calling(options: Calling): { tag: string | undefined; signal: AbortSignal | undefined } {
  return { tag: options.tag, signal: options.signal };
}

/** A program may end without reading its input; how it ended is told by its exit. */
function ignoreBrokenPipe(stdin: Writable): void {
  stdin.on("error", () => undefined);
}

/** Keeps the last bytes of a stream; call the result for what is kept so far. */
function tailOf(stream: Readable): () => string {
  let kept = Buffer.alloc(0);
  stream.on("data", (chunk: Buffer) => {
    kept = Buffer.concat([kept, chunk]);
    if (kept.length > STDERR_BYTES) kept = kept.subarray(kept.length - STDERR_BYTES);
  });
  return () => kept.toString("utf8");
}

function gather(call: Call, stream: Readable, limitBytes: number): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const chunks: Buffer[] = [];
  let bytes = 0;
  stream.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= limitBytes) chunks.push(chunk);
    else reject(failed(call, `said more than ${limitBytes} bytes`, { exit: UNKNOWN, stderr: "" }));
  });
  stream.on("end", () => resolve(Buffer.concat(chunks).toString("utf8")));
  stream.on("close", () => resolve(Buffer.concat(chunks).toString("utf8")));
  promise.catch(() => undefined); // awaited beside the exit, which may be told first
  return promise;
}

const UNKNOWN = { code: null, signal: null } as const;
