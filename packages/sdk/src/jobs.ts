import type { FaultCode } from "@cofre/core/model";
import { isJobOver } from "@cofre/core/model";
import { ApiError, toApiError } from "./api-error.ts";
import type { Job, Procedures } from "./client.ts";

export interface Jobs {
  /** Every change of a job, live, from where it stands now to its end; reconnects by itself. */
  follow(jobId: string, options?: { readonly signal?: AbortSignal }): AsyncGenerator<Job, void, void>;
  /** Waits for the end. Rejects with the job's own fault unless it succeeded. `onStep` is told every change. */
  wait(jobId: string, options?: { readonly signal?: AbortSignal; onStep?: (job: Job) => void }): Promise<Job>;
}

export function jobsOf(procedures: Procedures, url: string): Jobs {
  return { follow, wait };

  async function* follow(
    jobId: string,
    options: { readonly signal?: AbortSignal } = {},
  ): AsyncGenerator<Job, void, void> {
    const queue = queueOf<Job>();
    const subscription = procedures.jobs.events.subscribe(
      { jobId },
      {
        onData: (event) => queue.push(event.data),
        onError: (error) => queue.fail(toApiError(error, url)),
        onComplete: () => queue.end(),
      },
    );
    const stop = () => queue.fail(options.signal?.reason);
    options.signal?.addEventListener("abort", stop);
    try {
      for await (const job of queue.items()) {
        yield job;
        if (isJobOver(job.status)) return;
      }
    } finally {
      options.signal?.removeEventListener("abort", stop);
      subscription.unsubscribe();
    }
  }

  async function wait(
    jobId: string,
    { signal, onStep }: { readonly signal?: AbortSignal; onStep?: (job: Job) => void } = {},
  ): Promise<Job> {
    for await (const job of follow(jobId, signal === undefined ? {} : { signal })) {
      onStep?.(job);
      if (isJobOver(job.status)) return succeeded(job);
    }
    return succeeded(await procedures.jobs.get.query({ id: jobId }));
  }
}

const UNSUCCESSFUL: Partial<Record<Job["status"], FaultCode>> = {
  cancelled: "job.cancelled",
  interrupted: "job.interrupted",
  failed: "bug",
};

function succeeded(job: Job): Job {
  if (job.status === "succeeded") return job;
  throw new ApiError({
    code: job.error?.code ?? UNSUCCESSFUL[job.status] ?? "job.interrupted",
    message: job.error?.message ?? `the job ended as ${job.status}`,
    hint: job.error?.hint ?? null,
    status: 200,
    requestId: "",
    errors: [],
  });
}

interface Queue<Item> {
  push(item: Item): void;
  fail(error: unknown): void;
  end(): void;
  items(): AsyncGenerator<Item, void, void>;
}

/** Turns callbacks into an iteration that loses nothing between two steps. */
function queueOf<Item>(): Queue<Item> {
  const waiting: Item[] = [];
  let over: { readonly error?: unknown } | undefined;
  let wake: (() => void) | undefined;
  const close = (end: { readonly error?: unknown }) => {
    over ??= end;
    wake?.();
  };
  return {
    push: (item) => {
      waiting.push(item);
      wake?.();
    },
    fail: (error) => close({ error }),
    end: () => close({}),
    async *items() {
      for (;;) {
        const item = waiting.shift();
        if (item !== undefined) yield item;
        else if (over === undefined) await new Promise<void>((resolve) => (wake = resolve));
        else if ("error" in over) throw over.error;
        else return;
      }
    },
  };
}
