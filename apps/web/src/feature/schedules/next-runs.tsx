import { useQuery } from "@tanstack/solid-query";
import { For, Show } from "solid-js";
import { useApi } from "../../platform/api.tsx";
import { useFormat } from "../../platform/format.ts";
import { useText } from "../../platform/text.tsx";
import { Panel } from "../../ui/panel.tsx";
import { previewQuery, type Timing } from "./queries.ts";

/** The next five runs of what is typed, in the schedule's own zone: a promise is only as good as its first date. */
export function NextRuns(props: { timing: Timing; isOn: boolean }) {
  const api = useApi();
  const t = useText();
  const format = useFormat();
  const preview = useQuery(() => previewQuery(api, props.timing));
  const runs = () => (preview.isPending || preview.isError ? [] : (preview.data?.nextRuns ?? []));
  return (
    <Panel
      title={t("schedule.next")}
      about={t("schedule.nextIn", props.timing.timeZone.replaceAll("_", " "))}
    >
      <div class="px-5 py-4" aria-live="polite">
        <Show when={props.isOn} fallback={<p class="text-muted">{t("schedule.nextOff")}</p>}>
          <Show when={runs().length > 0} fallback={<p class="text-muted">{t("schedule.nextNone")}</p>}>
            <ol class="flex flex-col gap-1.5">
              <For each={runs()}>
                {(at, position) => (
                  <li
                    class={`flex justify-between gap-3 tabular-nums ${position() === 0 ? "font-medium" : "text-muted"}`}
                  >
                    <time dateTime={at} class="whitespace-nowrap">
                      {format.inZone(at, props.timing.timeZone)}
                    </time>
                    <span class="text-[13px]/5 font-normal text-muted">{format.ago(at)}</span>
                  </li>
                )}
              </For>
            </ol>
          </Show>
        </Show>
      </div>
    </Panel>
  );
}
