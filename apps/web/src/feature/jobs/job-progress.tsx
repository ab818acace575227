import { useMutation } from "@tanstack/solid-query";
import { Show } from "solid-js";
import { useApi } from "../../platform/api.tsx";
import { useText } from "../../platform/text.tsx";
import { Button } from "../../ui/button.tsx";
import { CaughtFault } from "../../ui/fault-card.tsx";
import { ProgressBar } from "../../ui/progress-bar.tsx";
import { useMay } from "../session/me.tsx";
import { useJobWords } from "./job-words.ts";
import type { Job } from "./queries.ts";

/** A running job: bar, phase, bytes, rate, time left, cancel. Closing the tab changes nothing. */
export function JobProgress(props: { job: Job; title?: string; withCancel?: boolean }) {
  const api = useApi();
  const t = useText();
  const may = useMay();
  const words = useJobWords();
  const title = () => props.title ?? words.title(props.job);
  const cancel = useMutation(() => ({ mutationFn: () => api.jobs.cancel.mutate({ id: props.job.id }) }));
  return (
    <div class="flex w-full min-w-0 flex-col gap-1.5">
      <div class="flex min-w-0 items-center gap-3">
        <div class="min-w-0 flex-1">
          <span class="block truncate font-medium">{title()}</span>
          <span class="block text-[13px]/5 text-muted tabular-nums" aria-live="polite" aria-atomic="true">
            {words.progress(props.job)}
          </span>
        </div>
        <Show when={(props.withCancel ?? true) && may("operator") && !props.job.cancelRequested}>
          <Button
            aria-label={t("jobs.cancelOf", title())}
            busy={cancel.isPending}
            onClick={() => cancel.mutate()}
          >
            {t("jobs.cancel")}
          </Button>
        </Show>
      </div>
      <ProgressBar
        label={t("jobs.progress", title())}
        bytes={props.job.progress.bytes}
        totalBytes={props.job.progress.totalBytes}
      />
      <CaughtFault attempted={t("jobs.cancelOf", title())} error={cancel.error} />
    </div>
  );
}
