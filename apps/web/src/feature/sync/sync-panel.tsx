import { SCHEDULE_PRESETS } from "@cofre/core/model";
import type { PanelApi } from "@cofre/sdk/panel";
import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/solid-query";
import { Show } from "solid-js";
import { createStore } from "solid-js/store";
import { useApi } from "../../platform/api.tsx";
import { useText } from "../../platform/text.tsx";
import { Button, ButtonLink } from "../../ui/button.tsx";
import { Faces } from "../../ui/faces.tsx";
import { CaughtFault } from "../../ui/fault-card.tsx";
import { CheckField, SelectField, TextField } from "../../ui/field.tsx";
import { Panel } from "../../ui/panel.tsx";
import { toast } from "../../ui/toast.tsx";
import { useResource } from "../resources/resource-context.tsx";
import { type Store, storesQuery } from "../stores/queries.ts";
import { type Sync, SyncReport } from "./sync-report.tsx";

const syncQuery = (api: PanelApi, resourceId: string) =>
  queryOptions({
    queryKey: ["sync", resourceId],
    queryFn: ({ signal }) => api.sync.get.query({ resourceId }, { signal }),
    reconcile: false,
  });

/** The buckets of a resource mirrored into an S3 store by a schedule of their own. */
export function SyncPanel() {
  const api = useApi();
  const t = useText();
  const resource = useResource();
  const sync = useQuery(() => syncQuery(api, resource().id));
  const stores = useQuery(() => storesQuery(api));
  return (
    <Panel title={t("sync.title")} about={t("sync.about")}>
      <Faces of={sync} skeleton={<div class="h-48" />}>
        {(known) => (
          <Faces of={stores} skeleton={<div class="h-48" />}>
            {(page) => (
              <>
                <SyncForm sync={known()} stores={page().items.filter(({ kind }) => kind === "s3")} />
                <SyncReport sync={known()} />
              </>
            )}
          </Faces>
        )}
      </Faces>
    </Panel>
  );
}

function SyncForm(props: { sync: Sync; stores: readonly Store[] }) {
  const api = useApi();
  const t = useText();
  const queries = useQueryClient();
  const [form, setForm] = createStore<Form>({
    enabled: props.sync.enabled,
    storeId: props.sync.destination?.storeId ?? "",
    deletions: props.sync.deletions,
    preset: props.sync.preset ?? (props.sync.cron === null ? "daily" : "cron"),
    at: props.sync.at ?? "04:00",
  });
  const resourceId = () => props.sync.resourceId;
  /** Empty only while it goes to an endpoint of its own, as it was set by REST. */
  const storeId = () => form.storeId || (isOwnEndpoint(props.sync) ? "" : (props.stores[0]?.id ?? ""));
  const refresh = () => queries.invalidateQueries({ queryKey: ["sync", resourceId()] });
  const save = useMutation(() => ({
    mutationFn: () =>
      api.sync.put.mutate({
        resourceId: resourceId(),
        enabled: form.enabled,
        buckets: props.sync.buckets,
        destination: destinationOf(props.sync, storeId()),
        deletions: form.deletions,
        ...(form.preset === "cron" ? { cron: props.sync.cron ?? "" } : { preset: form.preset, at: form.at }),
        timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      }),
    onSuccess: async () => {
      toast(t("sync.saved"));
      await refresh();
    },
  }));
  const start = useMutation(() => ({
    mutationFn: () => api.sync.start.mutate({ resourceId: resourceId() }),
    onSuccess: () => toast(t("sync.started")),
  }));
  return (
    <Show when={props.stores.length > 0 || isOwnEndpoint(props.sync)} fallback={<NoStore />}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate();
        }}
      >
        <div class="flex flex-col gap-4 px-5 py-4">
          <CheckField
            as="switch"
            label={t("sync.on")}
            help={t("sync.onHelp")}
            checked={form.enabled}
            onChecked={(enabled) => setForm({ enabled })}
          />
          <SyncFields {...props} form={form} onForm={setForm} storeId={storeId()} />
          <CaughtFault attempted={t("sync.title")} error={save.error ?? start.error} />
        </div>
        <footer class="flex flex-wrap justify-end gap-2 border-t border-line px-5 py-3">
          <Show when={props.sync.destination !== null}>
            <Button icon="refresh" busy={start.isPending} onClick={() => start.mutate()}>
              {t("sync.now")}
            </Button>
          </Show>
          <Button type="submit" look="main" busy={save.isPending}>
            {t("sync.save")}
          </Button>
        </footer>
      </form>
    </Show>
  );
}

interface Form {
  enabled: boolean;
  storeId: string;
  deletions: Sync["deletions"];
  /** A cron line that was set elsewhere stays as it is until a preset is chosen. */
  preset: (typeof SCHEDULE_PRESETS)[number] | "cron";
  at: string;
}

function SyncFields(props: {
  form: Form;
  onForm: (change: Partial<Form>) => void;
  storeId: string;
  stores: readonly Store[];
  sync: Sync;
}) {
  const t = useText();
  const places = () => [
    ...(isOwnEndpoint(props.sync) ? [{ value: "", label: props.sync.destination?.endpoint ?? "" }] : []),
    ...props.stores.map(({ id, name }) => ({ value: id, label: name })),
  ];
  const presets = () => [
    ...SCHEDULE_PRESETS.map((preset) => ({ value: preset, label: t(`schedule.presets.${preset}`) })),
    ...(props.sync.cron === null ? [] : [{ value: "cron", label: props.sync.cron }]),
  ];
  return (
    <div class="grid gap-4 sm:grid-cols-2">
      <SelectField
        label={t("sync.to")}
        value={props.storeId}
        onValue={(chosen) => props.onForm({ storeId: chosen })}
        options={places()}
      />
      <SelectField
        label={t("sync.deletions")}
        help={t(`sync.deletionHelp.${props.form.deletions}`)}
        value={props.form.deletions}
        onValue={(chosen) => props.onForm({ deletions: chosen === "mirror" ? "mirror" : "keep" })}
        options={(["keep", "mirror"] as const).map((kind) => ({
          value: kind,
          label: t(`sync.deletion.${kind}`),
        }))}
      />
      <SelectField
        label={t("schedule.frequency")}
        value={props.form.preset}
        onValue={(chosen) =>
          props.onForm({ preset: SCHEDULE_PRESETS.find((preset) => preset === chosen) ?? "cron" })
        }
        options={presets()}
      />
      <Show when={props.form.preset !== "cron"}>
        <TextField
          label={t("schedule.at")}
          type="time"
          required
          value={props.form.at}
          onValue={(at) => props.onForm({ at })}
        />
      </Show>
    </div>
  );
}

/** It was pointed at an S3 that is no store of Cofre's. */
function isOwnEndpoint({ destination }: Sync): boolean {
  return destination !== null && destination.storeId === null;
}

/** What the form does not show stays as it is. */
function destinationOf({ destination }: Sync, storeId: string) {
  if (destination === null) return { storeId };
  if (storeId !== "") {
    return destination.storeId === storeId ? { storeId, prefix: destination.prefix } : { storeId };
  }
  const { endpoint, region, accessKey, pathStyle, prefix, bucket, ca } = destination;
  return {
    ...{ endpoint, region, accessKey, pathStyle, prefix },
    ...(bucket === null ? {} : { bucket }),
    ...(ca === null ? {} : { ca }),
  };
}

function NoStore() {
  const t = useText();
  return (
    <div class="flex flex-wrap items-center justify-between gap-2 px-5 py-4">
      <p class="text-muted">{t("sync.noStore")}</p>
      <ButtonLink href="/stores?act=add" icon="plus">
        {t("stores.add")}
      </ButtonLink>
    </div>
  );
}
