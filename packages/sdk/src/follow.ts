import type { AppRouter } from "@cofre/api/router-type";
import { isFaultCode, isJobOver } from "@cofre/core/model";
import type { TRPCClient } from "@trpc/client";
import { ApiError } from "./api-error.ts";
import type { FollowOptions, Jobs } from "./jobs.ts";
import { pause } from "./pause.ts";
import type { Job } from "./procedures.ts";
import { queueOf } from "./queue-of.ts";

/** The part of tRPC's client that following needs; its rejections are ApiErrors. */
type Asking = Pick<TRPCClient<AppRouter>, "jobs">;

const PATIENCE_MS = 5 * 60_000;
/** Between two questions to a Cofre that is away, and before a stream that broke is asked for again. */
const PAUSE_MS = 1_000;

export function jobsOf(procedures: Asking): Jobs {
  return {
    follow: (jobId, options = {}) => follow(procedures, jobId, options),
    wait: async (jobId, { onStep, ...options } = {}) => {
      for await (const job of follow(procedures, jobId, options)) {
        onStep?.(job);
        if (isJobOver(job.status)) return succeeded(job);
      }
      return succeeded(await ask(procedures, jobId, options));
    },
  };
}

async function* follow(
  procedures: Asking,
  jobId: string,
  options: FollowOptions,
): AsyncGenerator<Job, void, void> {
  for (;;) {
    for await (const job of changes(procedures, jobId, options.signal)) {
      yield job;
      if (isJobOver(job.status)) return;
    }
    // The stream broke, or was refused: a plain question tells why, or where the job stands now.
    const job = await ask(procedures, jobId, options);
    yield job;
    if (isJobOver(job.status)) return;
    await pause(PAUSE_MS, options.signal);
  }
}

/**
 * One stream of changes, until it breaks. We do not let the library reconnect by itself: its timer would not keep a program
 * running that waits for nothing else, and it takes every refusal for the end.
 */
async function* changes(
  procedures: Asking,
  jobId: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<Job, void, void> {
  signal?.throwIfAborted();
  const queue = queueOf<Job>();
  const subscription = procedures.jobs.events.subscribe(
    { jobId },
    {
      onData: (event) => queue.push(event.data),
      onError: () => queue.end(),
      onComplete: () => queue.end(),
      onConnectionStateChange: ({ state, error }) => {
        if (state === "connecting" && error !== null) queue.end();
      },
    },
  );
  const stop = () => queue.fail(signal?.reason);
  signal?.addEventListener("abort", stop);
  try {
    yield* queue.items();
  } finally {
    signal?.removeEventListener("abort", stop);
    subscription.unsubscribe();
  }
}

/** Where a job stands; asked again, as long as the patience lasts, while nobody answers. */
async function ask(
  procedures: Asking,
  jobId: string,
  { signal, patienceMs = PATIENCE_MS }: FollowOptions,
): Promise<Job> {
  const until = Date.now() + patienceMs;
  for (;;) {
    try {
      return await procedures.jobs.get.query({ id: jobId }, signal === undefined ? {} : { signal });
    } catch (error) {
      if (!isPassing(error) || Date.now() >= until) throw error;
    }
    await pause(PAUSE_MS, signal);
  }
}

function isPassing(error: unknown): boolean {
  return error instanceof ApiError && (error.code === "server.unreachable" || error.code === "rate.limited");
}

function succeeded(job: Job): Job {
  if (job.status === "succeeded") return job;
  const { code, message, hint, ...more } = job.error ?? {
    code: job.status === "cancelled" ? "job.cancelled" : "job.interrupted",
    message: `the job was ${job.status}`,
    hint: null,
  };
  throw new ApiError({
    code: isFaultCode(code) ? code : "bug",
    message,
    hint,
    status: 200,
    requestId: "",
    context: { jobId: job.id, ...more },
    errors: [],
  });
}
