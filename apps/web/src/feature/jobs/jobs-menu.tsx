import { Popover } from "@kobalte/core/popover";
import { A } from "@solidjs/router";
import { createSignal, For, Show } from "solid-js";
import { useText } from "../../platform/text.tsx";
import { Icon } from "../../ui/icon.tsx";
import { JobProgress } from "./job-progress.tsx";
import { useLiveJobs } from "./live-jobs.tsx";

/** The counter in the top bar: the same jobs from anywhere. */
export function JobsMenu() {
  const t = useText();
  const live = useLiveJobs();
  const [isOpen, setIsOpen] = createSignal(false);
  const count = () => live.open().length;
  return (
    <Popover open={isOpen()} onOpenChange={setIsOpen} gutter={4} placement="bottom-end">
      <Popover.Trigger
        class={`btn btn-quiet px-2! ${count() > 0 ? "text-base-content!" : ""}`}
        aria-label={t("frame.jobs", count())}
        title={t("frame.jobs", count())}
      >
        <Icon name={count() > 0 ? "refresh" : "activity"} class={count() > 0 ? "spin text-primary" : ""} />
        <Show when={count() > 0}>
          <span class="tabular-nums" aria-hidden="true">
            <span class="max-lg:hidden">{t("frame.jobs", count())}</span>
            <span class="lg:hidden">{count()}</span>
          </span>
        </Show>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content class="menu-sheet w-[360px] p-0!">
          <Popover.Title class="px-4 pt-3 pb-2 font-medium">{t("frame.jobsTitle")}</Popover.Title>
          <Show when={count() > 0} fallback={<p class="px-4 pb-3 text-muted">{t("frame.jobsNone")}</p>}>
            <ul class="max-h-[60vh] overflow-y-auto">
              <For each={live.open()}>
                {(job) => (
                  <li class="border-t border-line px-4 py-3">
                    <JobProgress job={job} />
                  </li>
                )}
              </For>
            </ul>
          </Show>
          <A
            href="/activity"
            class="block border-t border-line px-4 py-2.5 text-[13px]/5 text-primary"
            onClick={() => setIsOpen(false)}
          >
            {t("frame.jobsAll")}
          </A>
        </Popover.Content>
      </Popover.Portal>
    </Popover>
  );
}
