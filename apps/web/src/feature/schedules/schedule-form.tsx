import { panelFault } from "@cofre/sdk/panel";
import { useMutation, useQueryClient } from "@tanstack/solid-query";
import { createMemo, Show } from "solid-js";
import { createStore } from "solid-js/store";
import { useApi } from "../../platform/api.tsx";
import { useText } from "../../platform/text.tsx";
import { Button } from "../../ui/button.tsx";
import { CaughtFault } from "../../ui/fault-card.tsx";
import { CheckField, TextField } from "../../ui/field.tsx";
import { Panel } from "../../ui/panel.tsx";
import { toast } from "../../ui/toast.tsx";
import { useFieldError } from "../resources/field-error.ts";
import { useMay } from "../session/me.tsx";
import { NextRuns } from "./next-runs.tsx";
import type { Schedule } from "./queries.ts";
import { draftOf, type ScheduleDraft, scheduleFrom, timingOf } from "./timing.ts";
import { WhenFields } from "./when-fields.tsx";

/** Automatic backups in one box: on or off, how often and when, how many to keep. The next runs are shown before it is saved. */
export function ScheduleForm(props: { schedule: Schedule }) {
  const api = useApi();
  const t = useText();
  const may = useMay();
  const queries = useQueryClient();
  const [draft, setDraft] = createStore<ScheduleDraft>(draftOf(props.schedule));
  const isChanged = createMemo(() => JSON.stringify(draft) !== JSON.stringify(draftOf(props.schedule)));
  const save = useMutation(() => ({
    mutationFn: () =>
      api.schedules.put.mutate({ resourceId: props.schedule.resourceId, ...scheduleFrom(draft) }),
    onSuccess: (saved) => {
      queries.setQueryData(["schedule", saved.resourceId], saved);
      setDraft(draftOf(saved));
      toast(t("schedule.saved"));
      void queries.invalidateQueries({ queryKey: ["resource", saved.resourceId] });
      void queries.invalidateQueries({ queryKey: ["resources"] });
    },
  }));
  const fieldError = useFieldError();
  const wrong = (path: string) => (save.isError ? fieldError(panelFault(save.error), path) : undefined);
  return (
    <form
      class="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_340px]"
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate();
      }}
    >
      <Panel title={t("schedule.title")}>
        <fieldset disabled={!may("admin")} class="flex flex-col gap-5 px-5 py-4">
          <CheckField
            as="switch"
            label={t("schedule.on")}
            help={t("schedule.onHelp")}
            checked={draft.enabled}
            onChecked={(enabled) => setDraft({ enabled })}
          />
          <WhenFields draft={draft} onDraft={setDraft} wrong={wrong} />
          <Keep draft={draft} onDraft={setDraft} wrong={wrong} />
          <CaughtFault attempted={t("schedule.save")} error={save.error} />
        </fieldset>
        <Show when={may("admin")}>
          <footer class="flex flex-wrap items-center justify-end gap-3 border-t border-line px-5 py-3">
            <Show when={isChanged()}>
              <span class="text-[13px]/5 text-muted">{t("schedule.unsaved")}</span>
            </Show>
            <Button type="submit" look="main" busy={save.isPending}>
              {t("schedule.save")}
            </Button>
          </footer>
        </Show>
      </Panel>
      <NextRuns timing={timingOf(draft)} isOn={draft.enabled} />
    </form>
  );
}

interface PartProps {
  draft: ScheduleDraft;
  onDraft: (change: Partial<ScheduleDraft>) => void;
  wrong: (path: string) => string | undefined;
}

function Keep(props: PartProps) {
  const t = useText();
  return (
    <div class="grid gap-4 border-t border-line pt-4 sm:grid-cols-2">
      <TextField
        label={t("schedule.keepLast")}
        aside={t("schedule.backups")}
        help={t("schedule.keepLastHelp")}
        error={props.wrong("keepLast")}
        type="number"
        min={1}
        max={10_000}
        required
        value={props.draft.keepLast}
        onValue={(keepLast) => props.onDraft({ keepLast })}
      />
      <TextField
        label={t("schedule.keepDays")}
        aside={t("schedule.days")}
        help={t("schedule.keepDaysHelp")}
        error={props.wrong("keepDays")}
        type="number"
        min={1}
        max={36_500}
        value={props.draft.keepDays}
        onValue={(keepDays) => props.onDraft({ keepDays })}
      />
    </div>
  );
}
