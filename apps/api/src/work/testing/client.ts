import { setTimeout as sleep } from "node:timers/promises";
import type { FaultView } from "../../feature/fault-view.ts";

/** Something that answers requests: the app itself, or a server on a port. */
export type Ask = (path: string, init: RequestInit) => Promise<Response>;

/** An answer that is not the one a test counts on. */
export class Refused extends Error {
  readonly status: number;
  readonly problem: Readonly<Record<string, unknown>>;

  constructor(what: string, status: number, problem: Record<string, unknown>) {
    super(`${what} answered ${status}: ${JSON.stringify(problem)}`);
    this.status = status;
    this.problem = problem;
  }
}

export interface JobAnswer {
  readonly id: string;
  readonly status: string;
  readonly phase: string;
  readonly error: FaultView | null;
  readonly progress: { readonly bytes: number };
  readonly warnings: readonly string[];
  readonly backupIds: readonly string[];
}

export interface BackupAnswer {
  readonly id: string;
  readonly status: string;
  readonly unit: string;
  readonly origin: string;
  readonly filename: string | null;
  readonly filepath: string | null;
  readonly size: number | null;
  readonly sha256: string | null;
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly units: readonly { readonly name: string; readonly counts?: Record<string, number> }[];
  readonly resourceId: string;
  readonly stages: readonly string[];
}

export interface ResourceAnswer {
  readonly id: string;
  readonly projectId: string;
  readonly name: string;
  readonly type: string;
  readonly status: string;
  readonly version: string | null;
  readonly containerId: string | null;
  readonly containerName: string | null;
  readonly units: readonly { readonly name: string }[] | null;
  readonly error: { readonly code: string; readonly message: string } | null;
}

/** Every answer that came, to be searched for secrets. */
export interface Client {
  readonly heard: () => string;
  get<Answer>(path: string): Promise<Answer>;
  post<Answer>(path: string, body?: unknown): Promise<Answer>;
  put<Answer>(path: string, body: unknown): Promise<Answer>;
  remove(path: string): Promise<void>;
  raw(path: string, init?: RequestInit): Promise<Response>;
  /** A procedure that has no REST door. */
  call<Answer>(name: string, input: unknown): Promise<Answer>;
  /** Until the job is over. */
  ended(jobId: string, withinMs?: number): Promise<JobAnswer>;
  /** Until the job satisfies a condition. */
  until(jobId: string, isIt: (job: JobAnswer) => boolean, withinMs?: number): Promise<JobAnswer>;
}

export function clientOf(ask: Ask, apiKey: string): Client {
  const heard: string[] = [];
  const raw = (path: string, init: RequestInit = {}) =>
    ask(path, { ...init, headers: { authorization: `Bearer ${apiKey}`, ...init.headers } });
  const send = async <Answer>(method: string, path: string, body?: unknown): Promise<Answer> => {
    const init =
      body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { "content-type": "application/json" } };
    const answer = await raw(path, { method, ...init });
    const text = await answer.text();
    heard.push(text);
    const parsed = text === "" ? undefined : JSON.parse(text);
    if (!answer.ok) throw new Refused(`${method} ${path}`, answer.status, parsed);
    return parsed;
  };
  const until: Client["until"] = async (jobId, isIt, withinMs = 600_000) => {
    const end = Date.now() + withinMs;
    for (;;) {
      const job = await send<JobAnswer>("GET", `/api/jobs/${jobId}`);
      if (isIt(job)) return job;
      if (Date.now() > end)
        throw new Error(
          `job ${jobId} is still ${job.status}: ${JSON.stringify({ ...job, requestedBy: undefined })}`,
        );
      await sleep(100);
    }
  };
  return {
    heard: () => heard.join("\n"),
    get: (path) => send("GET", path),
    post: (path, body) => send("POST", path, body ?? {}),
    put: (path, body) => send("PUT", path, body),
    remove: (path) => send("DELETE", path),
    raw,
    call: async <Answer>(name: string, input: unknown) => {
      const answer = await send<{ readonly result: { readonly data: Answer } }>(
        "POST",
        `/api/trpc/${name}`,
        input,
      );
      return answer.result.data;
    },
    until,
    ended: (jobId, withinMs) =>
      until(jobId, ({ status }) => status !== "queued" && status !== "running", withinMs),
  };
}
