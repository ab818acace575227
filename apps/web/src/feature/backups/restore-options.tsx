import { For, Show } from "solid-js";
import { useText } from "../../platform/text.tsx";
import { CheckField } from "../../ui/field.tsx";
import type { RestoreDraft } from "./restore-draft.ts";

/** What the engine can leave out of a restore; everything comes along unless somebody looks here. */
export function RestoreOptions(props: { choices: RestoreDraft["choices"] }) {
  const t = useText();
  return (
    <Show when={props.choices.options().length > 0}>
      <details>
        <summary class="cursor-pointer text-[13px]/5 text-muted select-none">{t("restore.options")}</summary>
        <div class="mt-3 flex flex-col gap-3">
          <For each={props.choices.options()}>
            {(option) => (
              <CheckField
                label={t(`restore.keep.${option}`)}
                help={t(`restore.keepHelp.${option}`)}
                checked={props.choices.kept[option]}
                onChecked={(isKept) => props.choices.setKept(option, isKept)}
              />
            )}
          </For>
        </div>
      </details>
    </Show>
  );
}
