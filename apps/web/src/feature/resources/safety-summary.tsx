import type { SafetyState } from "@cofre/core/model";
import { For, Show } from "solid-js";
import { useText } from "../../platform/text.tsx";
import { SafetyMark } from "../safety/safety-mark.tsx";
import type { Resource } from "./queries.ts";
import { needsCare, WORST_FIRST } from "./worst-first.ts";

/** One sentence for the whole project, and each state as a filter of the list below. */
export function SafetySummary(props: {
  resources: readonly Resource[];
  chosen: SafetyState | undefined;
  onChoose: (state: SafetyState | undefined) => void;
}) {
  const t = useText();
  const count = (state: SafetyState) =>
    props.resources.filter((resource) => resource.safety.state === state).length;
  const careful = () => props.resources.filter(needsCare).length;
  const present = () => WORST_FIRST.filter((state) => count(state) > 0);
  return (
    <div class="flex flex-wrap items-center gap-x-4 gap-y-2">
      <p class="mr-auto">
        <span class="font-medium">{t("resources.count", props.resources.length)}.</span>{" "}
        {careful() === 0 ? t("resources.allWell") : t("resources.needCare", careful())}
      </p>
      <Show when={present().length > 1}>
        <fieldset class="flex flex-wrap gap-1.5">
          <legend class="sr-only">{t("safety.label")}</legend>
          <For each={present()}>
            {(state) => (
              <button
                type="button"
                class="btn btn-plain aria-pressed:border-primary!"
                aria-pressed={props.chosen === state}
                onClick={() => props.onChoose(props.chosen === state ? undefined : state)}
              >
                <SafetyMark state={state} />
                {t(`safety.summary.${state}`, count(state))}
              </button>
            )}
          </For>
        </fieldset>
      </Show>
    </div>
  );
}
