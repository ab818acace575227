import { A } from "@solidjs/router";
import { Show } from "solid-js";
import { useText } from "../../platform/text.tsx";
import { JobProgress } from "../jobs/job-progress.tsx";
import { useLiveJobs } from "../jobs/live-jobs.tsx";
import type { Resource } from "../resources/queries.ts";
import { SafetyMark } from "./safety-mark.tsx";
import { useSafetySentence } from "./safety-sentence.ts";

type Step = Resource["safety"]["step"];

/** Where each next step is done, from the resource's own page; the others are nothing to press. */
const STEP_PLACES: Readonly<Partial<Record<Step, string>>> = {
  "fix-the-failure": "/activity",
  "keep-a-copy-elsewhere": "/settings",
  "look-at-the-backup": "",
  "take-a-backup": "?act=backup",
  "set-a-schedule": "/schedule",
};

/** The answer to "am I safe?" for one resource, and the next step; in a list, how far it is while something runs. */
export function SafetyLine(props: { resource: Resource; withProgress?: boolean }) {
  const t = useText();
  const live = useLiveJobs();
  const sentence = useSafetySentence();
  const job = () =>
    props.withProgress ? live.open().find((open) => open.resourceId === props.resource.id) : undefined;
  return (
    <Show
      when={job()}
      fallback={
        <div class="flex min-w-0 gap-2.5">
          <span class="mt-0.5">
            <SafetyMark state={props.resource.safety.state} />
          </span>
          <div class="min-w-0">
            <p class="font-medium">{t(`safety.name.${props.resource.safety.state}`)}</p>
            <p class="text-[13px]/5 text-pretty text-muted">
              {sentence(props.resource)} <NextStep resource={props.resource} />
            </p>
          </div>
        </div>
      }
    >
      {(running) => (
        <JobProgress job={running()} title={t(`jobs.kind.${running().kind}`)} withCancel={false} />
      )}
    </Show>
  );
}

function NextStep(props: { resource: Resource }) {
  const t = useText();
  const isRefused = () =>
    props.resource.safety.step === "fix-the-failure" && props.resource.safety.because.fault === "target.auth";
  const place = () => (isRefused() ? "/settings" : STEP_PLACES[props.resource.safety.step]);
  const said = () =>
    isRefused() ? t("remedy.fixCredentials") : t(`safety.step.${props.resource.safety.step}`);
  return (
    <Show when={said() !== ""}>
      <Show when={place() !== undefined} fallback={said()}>
        <A
          href={`/projects/${props.resource.projectId}/resources/${props.resource.id}${place()}`}
          class="whitespace-nowrap text-primary underline underline-offset-2 hover:no-underline"
        >
          {said()}
        </A>
        .
      </Show>
    </Show>
  );
}
