import { panelFault } from "@cofre/sdk/panel";
import { Show } from "solid-js";
import { useText } from "../../platform/text.tsx";
import { RadioField } from "../../ui/field.tsx";
import { useFieldError } from "../resources/field-error.ts";
import type { WhenDraft } from "../schedules/timing.ts";
import { WhenFields } from "../schedules/when-fields.tsx";

/** When copies are made: after each backup, or by a schedule of their own. */
export function CopyTimes(props: {
  isScheduled: boolean;
  onScheduled: (isScheduled: boolean) => void;
  when: WhenDraft;
  onWhen: (change: Partial<WhenDraft>) => void;
  error: Error | null;
}) {
  const t = useText();
  const fieldError = useFieldError();
  const wrong = (name: string) =>
    props.error === null ? undefined : fieldError(panelFault(props.error), `copySchedule.${name}`);
  return (
    <>
      <RadioField
        legend={t("storeChoice.copyWhen")}
        value={props.isScheduled ? "schedule" : "after"}
        onValue={(value) => props.onScheduled(value === "schedule")}
        options={[
          { value: "after", label: t("storeChoice.copyAfter") },
          {
            value: "schedule",
            label: t("storeChoice.copyScheduled"),
            help: t("storeChoice.copyScheduledHelp"),
          },
        ]}
      />
      <Show when={props.isScheduled}>
        <WhenFields draft={props.when} onDraft={props.onWhen} wrong={wrong} />
      </Show>
    </>
  );
}
