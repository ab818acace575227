import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { abortFault } from "./program.ts";
import { askServer, startOnServer } from "./server-job-call.ts";
import { type AttachedJob, attached } from "./server-job-stream.ts";
import type { ServerJobView } from "./server-jobs.ts";

/**
 * `ServerJobs.feed`: the job holds back the end of its input until this side vouches for count and digest of what it sent, so
 * that a source that broke, or a channel that was cut, never looks like a peaceful end.
 */
export async function feedJob(job: AttachedJob, source: Readable): Promise<ServerJobView> {
  const { host, jobs, spec, signal } = job;
  source.on("error", () => undefined); // until it is read; the reader sees it
  const end = once(() => jobs.cancel(spec.journals, spec.id, spec.owner));
  const onAbort = () => void end().catch(() => undefined);
  try {
    if (signal?.aborted) throw abortFault(signal);
    const { written } = await startOnServer(host, spec, "feed");
    signal?.addEventListener("abort", onAbort, { once: true });
    if (signal?.aborted) onAbort();
    return await pour(job, { source, end }, attached(spec, "feed", written));
  } finally {
    signal?.removeEventListener("abort", onAbort);
    source.destroy();
  }
}

interface Feeding {
  readonly source: Readable;
  readonly end: () => Promise<ServerJobView>;
}

async function pour(
  job: AttachedJob,
  feeding: Feeding,
  command: ReturnType<typeof attached>,
): Promise<ServerJobView> {
  const broken: { error?: unknown } = {};
  const vouched = Readable.from(vouching(job, feeding, broken), { objectMode: false });
  try {
    await job.host.write(command, vouched);
  } catch (error) {
    const view = await viewAfter(job, feeding);
    if (job.signal?.aborted) throw abortFault(job.signal);
    if (broken.error !== undefined) throw broken.error;
    if (view?.state !== "failed" && view?.state !== "done") throw error;
    return view;
  }
  return await feeding.end();
}

/** How the job ended; one that did not is ended. Undefined when the server is not reached: then it ends by itself. */
async function viewAfter({ jobs, spec }: AttachedJob, { end }: Feeding): Promise<ServerJobView | undefined> {
  try {
    const [view] = await jobs.poll(spec.journals, [spec.id]);
    return view !== undefined && view.state !== "running" && view.state !== "died" ? view : await end();
  } catch {
    return undefined; // server.unreachable: whoever waits sees the error of the channel
  }
}

/** The source's bytes. When it breaks, the job is ended before the channel is let go. */
async function* vouching(
  job: AttachedJob,
  { source, end }: Feeding,
  broken: { error?: unknown },
): AsyncGenerator<Buffer> {
  const hash = createHash("sha256");
  let bytes = 0;
  try {
    for await (const chunk of source) {
      hash.update(chunk);
      bytes += chunk.length;
      yield chunk;
    }
  } catch (error) {
    broken.error = error;
    await end().catch(() => undefined);
    throw error;
  }
  const { journals, id } = job.spec;
  await askServer(job.host, ["vouch", String(bytes), hash.digest("hex")], { journals, id });
}

function once<T>(act: () => Promise<T>): () => Promise<T> {
  let begun: Promise<T> | undefined;
  return () => {
    begun ??= act();
    return begun;
  };
}
