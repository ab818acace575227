import { Show } from "solid-js";
import { useText } from "../../platform/text.tsx";
import { SelectField, TextField } from "../../ui/field.tsx";
import { FREQUENCIES, type Frequency, timeZones, type WhenDraft } from "./timing.ts";

/** How often and at what hour, or a cron line, and in which zone. */
export function WhenFields(props: {
  draft: WhenDraft;
  onDraft: (change: Partial<WhenDraft>) => void;
  wrong: (path: string) => string | undefined;
}) {
  const t = useText();
  const choose = (value: string) => {
    const frequency = FREQUENCIES.find((known): known is Frequency => known === value);
    if (frequency !== undefined) props.onDraft({ frequency });
  };
  return (
    <div class="grid gap-4 sm:grid-cols-2">
      <SelectField
        label={t("schedule.frequency")}
        value={props.draft.frequency}
        onValue={choose}
        options={FREQUENCIES.map((value) => ({ value, label: t(`schedule.presets.${value}`) }))}
      />
      <Show
        when={props.draft.frequency !== "cron"}
        fallback={
          <TextField
            label={t("schedule.cron")}
            help={t("schedule.cronHelp")}
            error={props.wrong("cron")}
            mono
            required
            value={props.draft.cron}
            onValue={(cron) => props.onDraft({ cron })}
          />
        }
      >
        <TextField
          label={props.draft.frequency === "hourly" ? t("schedule.minute") : t("schedule.at")}
          error={props.wrong("at")}
          type="time"
          required
          value={props.draft.at}
          onValue={(at) => props.onDraft({ at })}
        />
      </Show>
      <SelectField
        label={t("schedule.timeZone")}
        error={props.wrong("timeZone")}
        value={props.draft.timeZone}
        onValue={(timeZone) => props.onDraft({ timeZone })}
        options={timeZones(props.draft.timeZone).map((value) => ({
          value,
          label: value.replaceAll("_", " "),
        }))}
      />
    </div>
  );
}
