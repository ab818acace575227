import { isJobOver } from "@cofre/core/model";
import { type QueryClient, useQueryClient } from "@tanstack/solid-query";
import {
  createContext,
  createSignal,
  onCleanup,
  onMount,
  type ParentProps,
  Show,
  useContext,
} from "solid-js";
import { createStore, produce, reconcile } from "solid-js/store";
import { useApi } from "../../platform/api.tsx";
import { useText } from "../../platform/text.tsx";
import { toast } from "../../ui/toast.tsx";
import { useJobWords } from "./job-words.ts";
import type { Job } from "./queries.ts";

const FORGET_MS = 60_000;

interface Live {
  /** Queued and running jobs, the oldest first. */
  open(): readonly Job[];
  /** The newest news of a job; undefined when the stream said nothing of it. */
  find(id: string | null): Job | undefined;
}

const LiveContext = createContext<Live>();

/** One stream of events for the whole tab: lists refresh when a job ends, wherever it was started. */
export function LiveJobs(props: ParentProps) {
  const t = useText();
  const api = useApi();
  const queries = useQueryClient();
  const words = useJobWords();
  const [jobs, setJobs] = createStore<Record<string, Job>>({});
  const [isCut, setIsCut] = createSignal(false);
  const [alarm, setAlarm] = createSignal("");

  const tell = (job: Job) => {
    if (job.kind === "scan" || job.kind === "cleanup") return;
    if (job.status === "succeeded") toast(t("jobs.announceDone", words.title(job)));
    if (job.status === "failed" || job.status === "interrupted")
      setAlarm(t("jobs.announceFailed", words.title(job)));
    if (job.status === "cancelled") toast(t("jobs.announceCancelled", words.title(job)));
  };
  const hear = (job: Job) => {
    const before = jobs[job.id];
    setJobs(job.id, reconcile(job));
    queries.setQueryData(["job", job.id], job);
    if (!isJobOver(job.status)) {
      if (before?.status !== job.status) refresh(queries, job);
      return;
    }
    refresh(queries, job);
    if (before !== undefined && !isJobOver(before.status)) tell(job);
    setTimeout(() => setJobs(produce((known) => void delete known[job.id])), FORGET_MS);
  };
  onMount(() => {
    const stream = api.jobs.events.subscribe(
      {},
      {
        onData: (event) => hear(event.data),
        onConnectionStateChange: (state) => setIsCut(state.state === "connecting" && state.error !== null),
        onError: () => setIsCut(true),
      },
    );
    onCleanup(() => stream.unsubscribe());
  });
  const live: Live = {
    open: () =>
      Object.values(jobs)
        .filter((job) => !isJobOver(job.status))
        .sort((a, b) => a.createdAt.localeCompare(b.createdAt)),
    find: (id) => (id === null ? undefined : jobs[id]),
  };
  return (
    <LiveContext.Provider value={live}>
      <p class="sr-only" role="alert">
        {alarm()}
      </p>
      <Show when={isCut()}>
        <p
          class="sticky top-0 z-30 bg-warning px-4 py-1 text-center text-[13px]/5 text-warning-content"
          role="status"
        >
          {t("frame.offline")}
        </p>
      </Show>
      {props.children}
    </LiveContext.Provider>
  );
}

export function useLiveJobs(): Live {
  const live = useContext(LiveContext);
  if (live === undefined) throw new Error("live jobs are used outside LiveJobs");
  return live;
}

/** What a job's beginning or end may have changed. */
function refresh(queries: QueryClient, job: Job): void {
  const keys: readonly (readonly (string | null)[])[] = [
    ["jobs"],
    ["resources"],
    ["resource", job.resourceId],
    ["backups", job.resourceId],
    ["sync", job.resourceId],
  ];
  for (const queryKey of keys) void queries.invalidateQueries({ queryKey });
}
