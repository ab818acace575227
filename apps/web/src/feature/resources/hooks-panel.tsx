import type { PanelApi, RouterOutputs } from "@cofre/sdk/panel";
import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/solid-query";
import { Show } from "solid-js";
import { createStore } from "solid-js/store";
import { useApi } from "../../platform/api.tsx";
import { useText } from "../../platform/text.tsx";
import { Button } from "../../ui/button.tsx";
import { Faces } from "../../ui/faces.tsx";
import { CaughtFault } from "../../ui/fault-card.tsx";
import { TextArea, TextField } from "../../ui/field.tsx";
import { Panel } from "../../ui/panel.tsx";
import { toast } from "../../ui/toast.tsx";
import { useMe } from "../session/me.tsx";
import type { Resource } from "./queries.ts";

type Hooks = RouterOutputs["hooks"]["get"];

const MOST_SECONDS = 3_600;

const hooksQuery = (api: PanelApi, resourceId: string) =>
  queryOptions({
    queryKey: ["hooks", resourceId],
    queryFn: ({ signal }) => api.hooks.get.query({ resourceId }, { signal }),
  });

/** Commands around every backup: to bring an application to rest, to tell somebody. */
export function HooksPanel(props: { resource: Resource }) {
  const api = useApi();
  const t = useText();
  const hooks = useQuery(() => hooksQuery(api, props.resource.id));
  return (
    <Panel title={t("hooks.title")} about={t("hooks.about")}>
      <Faces of={hooks} skeleton={<div class="h-48" />}>
        {(known) => <HooksForm hooks={known()} />}
      </Faces>
    </Panel>
  );
}

function HooksForm(props: { hooks: Hooks }) {
  const api = useApi();
  const t = useText();
  const me = useMe();
  const queries = useQueryClient();
  const [form, setForm] = createStore({
    before: props.hooks.before ?? "",
    after: props.hooks.after ?? "",
    timeout: String(props.hooks.timeoutSeconds),
  });
  const save = useMutation(() => ({
    mutationFn: () =>
      api.hooks.put.mutate({
        resourceId: props.hooks.resourceId,
        before: form.before.trim() || null,
        after: form.after.trim() || null,
        timeoutSeconds: Number(form.timeout),
      }),
    onSuccess: async () => {
      toast(t("hooks.saved"));
      await queries.invalidateQueries({ queryKey: ["hooks", props.hooks.resourceId] });
    },
  }));
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate();
      }}
    >
      <div class="flex flex-col gap-4 px-5 py-4">
        <div class="grid gap-4 sm:grid-cols-2">
          <TextArea
            label={t("hooks.before")}
            help={t("hooks.beforeHelp")}
            aside={t("words.optional")}
            mono
            disabled={!me().isInstanceOwner}
            value={form.before}
            onValue={(before) => setForm({ before })}
          />
          <TextArea
            label={t("hooks.after")}
            help={t("hooks.afterHelp")}
            aside={t("words.optional")}
            mono
            disabled={!me().isInstanceOwner}
            value={form.after}
            onValue={(after) => setForm({ after })}
          />
        </div>
        <div class="max-w-80">
          <TextField
            label={t("hooks.timeout")}
            type="number"
            min={1}
            max={MOST_SECONDS}
            required
            disabled={!me().isInstanceOwner}
            value={form.timeout}
            onValue={(timeout) => setForm({ timeout })}
          />
        </div>
        <CaughtFault attempted={t("hooks.title")} error={save.error} />
      </div>
      <footer class="flex items-center justify-end border-t border-line px-5 py-3">
        <Show when={me().isInstanceOwner} fallback={<p class="text-muted">{t("hooks.onlyOwner")}</p>}>
          <Button type="submit" look="main" busy={save.isPending}>
            {t("hooks.save")}
          </Button>
        </Show>
      </footer>
    </form>
  );
}
