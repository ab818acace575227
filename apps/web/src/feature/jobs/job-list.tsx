import { isJobOver } from "@cofre/core/model";
import { A } from "@solidjs/router";
import { useInfiniteQuery } from "@tanstack/solid-query";
import { For, Show } from "solid-js";
import { useApi } from "../../platform/api.tsx";
import { faultCode } from "../../platform/fault-code.ts";
import { useFormat } from "../../platform/format.ts";
import { useText } from "../../platform/text.tsx";
import { Button, ButtonLink } from "../../ui/button.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { Faces } from "../../ui/faces.tsx";
import { ListSkeleton } from "../../ui/skeleton.tsx";
import { When } from "../../ui/when.tsx";
import { JobMark } from "./job-mark.tsx";
import { JobProgress } from "./job-progress.tsx";
import { useJobWords } from "./job-words.ts";
import { useLiveJobs } from "./live-jobs.tsx";
import { type Job, type JobFilter, jobsQuery } from "./queries.ts";

/** What was done and is being done, the newest first. */
export function JobList(props: { filter: JobFilter }) {
  const api = useApi();
  const t = useText();
  const jobs = useInfiniteQuery(() => jobsQuery(api, props.filter));
  const isFiltered = () => ["kind", "status", "open"].some((name) => name in props.filter);
  return (
    <Faces
      of={jobs}
      skeleton={<ListSkeleton rows={4} />}
      isEmpty={(data) => data.pages.every((page) => page.items.length === 0)}
      empty={
        <Show
          when={isFiltered()}
          fallback={
            <EmptyState icon="activity" title={t("jobs.empty")}>
              {t("jobs.emptyHelp")}
            </EmptyState>
          }
        >
          <EmptyState
            icon="search"
            title={t("jobs.noMatch")}
            act={<ButtonLink href="/activity">{t("jobs.seeAll")}</ButtonLink>}
          />
        </Show>
      }
    >
      {(data) => (
        <>
          <ul class="panel" aria-label={t("jobs.title")}>
            <For each={data().pages.flatMap((page) => page.items)}>{(job) => <JobRow job={job} />}</For>
          </ul>
          <Show when={jobs.hasNextPage}>
            <div class="mt-3 flex justify-center">
              <Button busy={jobs.isFetchingNextPage} onClick={() => void jobs.fetchNextPage()}>
                {t("acts.showMore")}
              </Button>
            </div>
          </Show>
        </>
      )}
    </Faces>
  );
}

function JobRow(props: { job: Job }) {
  const live = useLiveJobs();
  const job = () => live.find(props.job.id) ?? props.job;
  return (
    <li
      data-row
      tabindex="-1"
      class="border-t border-line first:border-t-0 focus-within:bg-(--hover) hover:bg-(--hover) focus-visible:-outline-offset-2"
    >
      <Show
        when={isJobOver(job().status)}
        fallback={
          <div class="px-4 py-3">
            <JobProgress job={job()} />
          </div>
        }
      >
        <OverRow job={job()} />
      </Show>
    </li>
  );
}

function OverRow(props: { job: Job }) {
  const t = useText();
  const format = useFormat();
  const words = useJobWords();
  const took = () => {
    const { startedAt, finishedAt } = props.job;
    return startedAt && finishedAt
      ? format.lasting(Date.parse(finishedAt) - Date.parse(startedAt))
      : undefined;
  };
  const facts = () =>
    [
      props.job.error
        ? t(`fault.${faultCode(props.job.error.code)}.found`)
        : t(`jobs.status.${props.job.status}`),
      took() ? t("jobs.took", took() ?? "") : undefined,
      `${t(`jobs.by.${props.job.requestedBy.kind}`)} ${nameOf(props.job)}`.trim(),
    ]
      .filter(Boolean)
      .join(" · ");
  return (
    <div class="flex min-h-14 items-center gap-3 px-4 py-2.5">
      <JobMark status={props.job.status} />
      <div class="min-w-0 flex-1">
        <A
          href={`/activity/${props.job.id}`}
          data-opens
          class="font-medium underline-offset-2 hover:underline"
        >
          {words.title(props.job)}
        </A>
        <p class="text-[13px]/5 text-muted">{facts()}</p>
      </div>
      <When at={props.job.createdAt} class="text-right text-muted tabular-nums" />
    </div>
  );
}

function nameOf(job: Job): string {
  return job.requestedBy.kind === "schedule" || job.requestedBy.kind === "system" ? "" : job.requestedBy.name;
}
