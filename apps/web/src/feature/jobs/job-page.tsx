import { isJobOver } from "@cofre/core/model";
import { A, useParams } from "@solidjs/router";
import { useQuery } from "@tanstack/solid-query";
import { For, type JSX, Show } from "solid-js";
import { useApi } from "../../platform/api.tsx";
import { faultCode } from "../../platform/fault-code.ts";
import { useFormat } from "../../platform/format.ts";
import { useText } from "../../platform/text.tsx";
import { CopyButton } from "../../ui/copy-button.tsx";
import { Faces } from "../../ui/faces.tsx";
import { FaultCard } from "../../ui/fault-card.tsx";
import { Icon } from "../../ui/icon.tsx";
import { Facts, PageHead, Panel } from "../../ui/panel.tsx";
import { When } from "../../ui/when.tsx";
import { FaultRemedy } from "./fault-remedy.tsx";
import { JobMark } from "./job-mark.tsx";
import { JobProgress } from "./job-progress.tsx";
import { useJobWords } from "./job-words.ts";
import { useLiveJobs } from "./live-jobs.tsx";
import { type Job, jobQuery } from "./queries.ts";

export function JobPage() {
  const api = useApi();
  const params = useParams();
  const live = useLiveJobs();
  const job = useQuery(() => jobQuery(api, params.jobId ?? ""));
  return <Faces of={job}>{(known) => <JobStory job={live.find(known().id) ?? known()} />}</Faces>;
}

function JobStory(props: { job: Job }) {
  const t = useText();
  const words = useJobWords();
  return (
    <div class="flex flex-col gap-4">
      <PageHead
        title={words.title(props.job)}
        about={
          <span class="inline-flex items-center gap-1.5">
            <JobMark status={props.job.status} />
            {t(`jobs.status.${props.job.status}`)}
          </span>
        }
      />
      <Show when={!isJobOver(props.job.status)}>
        <div class="panel px-5 py-4">
          <JobProgress job={props.job} />
        </div>
      </Show>
      <Show when={props.job.error}>
        {(error) => (
          <FaultCard
            attempted={t("jobs.attempted", words.title(props.job))}
            act={<FaultRemedy failed={props.job} />}
            fault={{ ...error(), code: faultCode(error().code) }}
            jobId={props.job.id}
          />
        )}
      </Show>
      <Warnings warnings={props.job.warnings} />
      <Panel title={t("jobs.details")}>
        <div class="px-5 py-4">
          <JobFacts job={props.job} />
        </div>
      </Panel>
    </div>
  );
}

function Warnings(props: { warnings: readonly string[] }) {
  const t = useText();
  return (
    <Show when={props.warnings.length > 0}>
      <section class="rounded-lg border border-warning/40 bg-warning/5 px-4 py-3">
        <h2 class="flex items-center gap-2">
          <Icon name="alert" class="text-warning" />
          {t("jobs.warnings")}
        </h2>
        <p class="mt-1 pl-6">{t("faultCard.serverSaid")}</p>
        <ul class="list-disc pl-10" lang="en">
          <For each={props.warnings}>{(warning) => <li>{warning}</li>}</For>
        </ul>
      </section>
    </Show>
  );
}

function JobFacts(props: { job: Job }) {
  const t = useText();
  const format = useFormat();
  const at = (moment: string | null): JSX.Element =>
    moment === null ? t("words.none") : <When at={moment} />;
  const resource = (): JSX.Element => {
    const { projectId, resourceId, resourceName } = props.job;
    if (projectId === null || resourceId === null) return resourceName ?? t("words.none");
    return (
      <A
        href={`/projects/${projectId}/resources/${resourceId}`}
        class="text-primary underline-offset-2 hover:underline"
      >
        {resourceName}
      </A>
    );
  };
  return (
    <Facts
      facts={[
        { name: t("jobs.resource"), value: resource() },
        { name: t("jobs.phaseName"), value: t(`jobs.phase.${props.job.phase}`) },
        { name: t("backups.size"), value: format.bytes(props.job.progress.bytes) },
        { name: t("jobs.requestedBy"), value: props.job.requestedBy.name },
        { name: t("jobs.started"), value: at(props.job.startedAt) },
        { name: t("jobs.finished"), value: at(props.job.finishedAt) },
        {
          name: t("faultCard.job"),
          value: (
            <span class="inline-flex items-center gap-1">
              <code>{props.job.id}</code>
              <CopyButton text={props.job.id} label={t("acts.copy")} small />
            </span>
          ),
        },
      ]}
    />
  );
}
