import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { Fault, isFault } from "../model/fault.ts";
import type { Command, Host } from "./host.ts";
import { abortFault } from "./program.ts";
import { startOnServer } from "./server-job-call.ts";
import type { JobMode, WrittenSpec } from "./server-job-spec.ts";
import type { ServerJobSpec, ServerJobs, ServerJobView } from "./server-jobs.ts";

/** A job that lives in a channel, and the means to end it from outside that channel. */
export interface AttachedJob {
  readonly host: Host;
  readonly jobs: ServerJobs;
  readonly spec: ServerJobSpec;
  readonly signal: AbortSignal | undefined;
}

type Streamed = ReturnType<ServerJobs["stream"]>;

const READ_AHEAD_BYTES = 256 * 1024;

/** `ServerJobs.stream`: its last byte is followed by the journal's verdict, and digest and verdict must agree with what arrived. */
export function streamJob(job: AttachedJob): Streamed {
  const ended = Promise.withResolvers<ServerJobView>();
  ended.promise.catch(() => undefined); // whoever reads the bytes sees the error too
  const stop = new AbortController();
  const onAbort = () => stop.abort(job.signal?.reason);
  job.signal?.addEventListener("abort", onAbort, { once: true });
  if (job.signal?.aborted) onAbort();
  const bytes = Readable.from(flow(job, stop.signal, ended), {
    objectMode: false,
    highWaterMark: READ_AHEAD_BYTES,
  });
  bytes.once("close", () => {
    job.signal?.removeEventListener("abort", onAbort);
    stop.abort(new Fault("job.cancelled", "nobody reads the stream any more"));
    ended.reject(new Fault("job.cancelled", "the stream was closed before it began"));
  });
  return { bytes, ended: ended.promise };
}

async function* flow(
  job: AttachedJob,
  stop: AbortSignal,
  ended: PromiseWithResolvers<ServerJobView>,
): AsyncGenerator<Buffer> {
  const arrived = { bytes: 0, hash: createHash("sha256"), isWhole: false };
  let verdict: Promise<ServerJobView> | undefined;
  const finalView = () => {
    verdict ??= endOf(job, arrived.isWhole).then((view) => ({ ...view, bytes: arrived.bytes }));
    ended.resolve(verdict);
    return verdict;
  };
  try {
    for await (const chunk of open(job, stop, finalView)) {
      arrived.bytes += chunk.length;
      arrived.hash.update(chunk);
      yield chunk;
    }
    // What was read away since then is missing here, however well the job ended.
    if (stop.aborted) throw abortFault(stop);
    arrived.isWhole = true;
    const view = await finalView();
    confirm(view, { bytes: arrived.bytes, sha256: arrived.hash.digest("hex") });
  } catch (error) {
    throw await whyStreamFailed(error, stop, finalView);
  } finally {
    // A reader that stopped early comes here without an error; the job must not outlive it.
    await finalView().catch(() => undefined);
  }
}

async function* open(
  job: AttachedJob,
  stop: AbortSignal,
  finalView: () => Promise<ServerJobView>,
): AsyncGenerator<Buffer> {
  if (stop.aborted) throw abortFault(stop);
  const { written } = await startOnServer(job.host, job.spec, "stream");
  const source = job.host.read(attached(job.spec, "stream", written));
  // Ended on the server first, inside containers too: a closed channel alone would leave the program there running.
  const onStop = () => {
    drain(source);
    void finalView().then(...endings(source, stop));
  };
  if (stop.aborted) onStop();
  stop.addEventListener("abort", onStop, { once: true });
  try {
    // A reader that leaves ends the job before its channel, which alone would break a pipe there and look like a failure.
    yield* source.iterator({ destroyOnReturn: false });
  } finally {
    stop.removeEventListener("abort", onStop);
    source.on("error", () => undefined); // that it was cut is known
    if (!source.readableEnded) {
      drain(source);
      await finalView().catch(() => undefined);
    }
    source.destroy();
  }
}

/** What passes the bytes on there would wait for a reader for ever, and the job for it. */
function drain(source: Readable): void {
  const readAll = () => {
    while (source.read() !== null);
  };
  source.on("readable", readAll);
  readAll();
}

function endings(source: Readable, stop: AbortSignal): [() => void, () => void] {
  const end = () => void source.destroy(abortFault(stop));
  return [end, end];
}

/** The command of a job that lives in its channel; the host knows how its secrets travel. */
export function attached(spec: ServerJobSpec, mode: JobMode, { secrets }: WrittenSpec): Command {
  const journal = `${spec.journals}/${spec.id}`;
  return { argv: ["sh", `${journal}/job`, "run", journal, mode], secrets };
}

/** The verdict of a stream that came to its end, else the job is ended. */
async function endOf({ jobs, spec }: AttachedJob, isWhole: boolean): Promise<ServerJobView> {
  if (!isWhole) return await jobs.cancel(spec.journals, spec.id, spec.owner);
  const [view] = await jobs.poll(spec.journals, [spec.id]);
  if (view === undefined) throw new Fault("bug", "the server did not say what became of a server job");
  return view;
}

function confirm(view: ServerJobView, arrived: { readonly bytes: number; readonly sha256: string }): void {
  if (view.state !== "done") throw streamFault(view);
  if (view.sha256 === null || view.sha256 === arrived.sha256) return;
  throw new Fault("dump.incomplete", "other bytes arrived than the server sent", {
    hint: "The connection changed or lost bytes on the way; try again.",
    context: { sent: view.sha256, arrived: arrived.sha256, bytes: arrived.bytes },
  });
}

async function whyStreamFailed(
  error: unknown,
  stop: AbortSignal,
  finalView: () => Promise<ServerJobView>,
): Promise<unknown> {
  if (stop.aborted) return abortFault(stop);
  if (isFault(error, "state.conflict")) return error;
  const view = await finalView().catch(() => undefined);
  return view?.state === "failed" || view?.state === "died" ? streamFault(view, error) : error;
}

function streamFault(view: ServerJobView, cause?: unknown): Fault {
  const said = view.stderr.slice(view.stderr.lastIndexOf("\n") + 1);
  return new Fault(
    "dump.failed",
    `a program of the job failed (${view.firstFailure ?? view.state}): ${said}`,
    {
      cause,
      context: {
        state: view.state,
        firstFailure: view.firstFailure,
        codes: JSON.stringify(view.codes),
        stderr: view.stderr,
      },
    },
  );
}
