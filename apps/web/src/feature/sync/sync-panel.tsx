import { type PanelApi, panelFault } from "@cofre/sdk/panel";
import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/solid-query";
import { Show } from "solid-js";
import { createStore } from "solid-js/store";
import { useApi } from "../../platform/api.tsx";
import { useText } from "../../platform/text.tsx";
import { Button, ButtonLink } from "../../ui/button.tsx";
import { Faces } from "../../ui/faces.tsx";
import { CaughtFault } from "../../ui/fault-card.tsx";
import { CheckField, SelectField } from "../../ui/field.tsx";
import { Panel } from "../../ui/panel.tsx";
import { toast } from "../../ui/toast.tsx";
import { useFieldError } from "../resources/field-error.ts";
import { useResource } from "../resources/resource-context.tsx";
import { timingOf, type WhenDraft, whenDraftOf } from "../schedules/timing.ts";
import { WhenFields } from "../schedules/when-fields.tsx";
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
    ...whenOf(props.sync),
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
        ...timingOf(form),
      }),
    onSuccess: async () => {
      toast(t("sync.saved"));
      await refresh();
    },
  }));
  const fieldError = useFieldError();
  const wrong = (path: string) => (save.isError ? fieldError(panelFault(save.error), path) : undefined);
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
          <WhenFields draft={form} onDraft={setForm} wrong={wrong} />
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

/** While nobody has saved it, the reader's own zone is the better guess; afterwards it is never changed unasked. */
function whenOf({ at, timeZone, updatedAt, ...sync }: Sync): WhenDraft {
  return whenDraftOf({ ...sync, at: at ?? "04:00", timeZone: updatedAt === null ? null : timeZone });
}

interface Form extends WhenDraft {
  enabled: boolean;
  storeId: string;
  deletions: Sync["deletions"];
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
