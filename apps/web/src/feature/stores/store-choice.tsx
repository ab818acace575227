import type { PanelApi } from "@cofre/sdk/panel";
import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/solid-query";
import { createSignal, For, Show } from "solid-js";
import { createStore } from "solid-js/store";
import { useApi } from "../../platform/api.tsx";
import { useText } from "../../platform/text.tsx";
import { Button } from "../../ui/button.tsx";
import { Faces } from "../../ui/faces.tsx";
import { CaughtFault } from "../../ui/fault-card.tsx";
import { CheckField, RadioField, SelectField } from "../../ui/field.tsx";
import { Panel } from "../../ui/panel.tsx";
import { toast } from "../../ui/toast.tsx";
import { timingOf, type WhenDraft, whenDraftOf } from "../schedules/timing.ts";
import { CopyTimes } from "./copy-times.tsx";
import { type NewStoreChoice, type Store, type StoreChoice, storesQuery } from "./queries.ts";
import { useStorePlace } from "./store-place.ts";

/** Whose choice it is: a resource's own, or what holds for all of a project. */
export type ChoiceOf = { readonly resourceId: string } | { readonly projectId: string };

const choiceQuery = (api: PanelApi, of: ChoiceOf) =>
  queryOptions({
    queryKey: ["store-choice", of],
    queryFn: ({ signal }) =>
      "resourceId" in of
        ? api.stores.ofResource.query(of, { signal })
        : api.stores.ofProject.query(of, { signal }),
  });

function choose(api: PanelApi, of: ChoiceOf, choice: NewStoreChoice): Promise<StoreChoice> {
  return "resourceId" in of
    ? api.stores.chooseForResource.mutate({ ...of, ...choice })
    : api.stores.chooseForProject.mutate({ ...of, ...choice });
}

/** Where backups rest, and where copies of each go: three copies in two places, one of them far away. */
export function StoreChoicePanel(props: { of: ChoiceOf }) {
  const api = useApi();
  const t = useText();
  const stores = useQuery(() => storesQuery(api));
  const choice = useQuery(() => choiceQuery(api, props.of));
  return (
    <Panel title={t("storeChoice.title")} about={t("storeChoice.about")}>
      <Faces of={choice} skeleton={<div class="h-40" />}>
        {(known) => (
          <Faces of={stores} skeleton={<div class="h-40" />}>
            {(page) => <ChoiceForm of={props.of} choice={known()} stores={page().items} />}
          </Faces>
        )}
      </Faces>
    </Panel>
  );
}

const UNSAVED = { preset: null, at: null, cron: null, timeZone: null };

function ChoiceForm(props: { of: ChoiceOf; choice: StoreChoice; stores: readonly Store[] }) {
  const api = useApi();
  const t = useText();
  const queries = useQueryClient();
  const placeOf = useStorePlace();
  const [storeId, setStoreId] = createSignal(props.choice.storeId ?? "");
  const [hasOwnCopies, setHasOwnCopies] = createSignal(props.choice.copyStoreIds !== null);
  const [copies, setCopies] = createStore<Record<string, boolean>>(
    Object.fromEntries((props.choice.copyStoreIds ?? []).map((id) => [id, true])),
  );
  const [isScheduled, setIsScheduled] = createSignal(props.choice.copySchedule !== null);
  const [when, setWhen] = createStore<WhenDraft>(whenDraftOf(props.choice.copySchedule ?? UNSAVED));
  const wider = () => ("resourceId" in props.of ? "project" : "server");
  const save = useMutation(() => ({
    mutationFn: () =>
      choose(api, props.of, {
        storeId: storeId() || null,
        copyStoreIds: hasOwnCopies() ? Object.keys(copies).filter((id) => copies[id]) : null,
        copySchedule: hasOwnCopies() && isScheduled() ? timingOf(when) : null,
      }),
    onSuccess: async () => {
      toast(t("storeChoice.saved"));
      await queries.invalidateQueries({ queryKey: ["store-choice"] });
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
        <SelectField
          label={t("storeChoice.first")}
          value={storeId()}
          onValue={setStoreId}
          options={[
            { value: "", label: t(`storeChoice.usual.${wider()}`) },
            ...props.stores.map((store) => ({ value: store.id, label: `${store.name} (${placeOf(store)})` })),
          ]}
        />
        <RadioField
          legend={t("storeChoice.copies")}
          value={hasOwnCopies() ? "own" : "inherit"}
          onValue={(value) => setHasOwnCopies(value === "own")}
          options={[
            { value: "inherit", label: t(`storeChoice.noCopies.${wider()}`) },
            { value: "own", label: t("storeChoice.copyTo"), help: t("storeChoice.copyHelp") },
          ]}
        />
        <Show when={hasOwnCopies()}>
          <fieldset class="flex flex-col gap-2 rounded-lg border border-line p-3">
            <legend class="sr-only">{t("storeChoice.copies")}</legend>
            <For each={props.stores.filter(({ id }) => id !== storeId())}>
              {(store) => (
                <CheckField
                  label={store.name}
                  help={placeOf(store)}
                  checked={copies[store.id] === true}
                  onChecked={(isChosen) => setCopies({ [store.id]: isChosen })}
                />
              )}
            </For>
          </fieldset>
          <CopyTimes
            isScheduled={isScheduled()}
            onScheduled={setIsScheduled}
            when={when}
            onWhen={setWhen}
            error={save.error}
          />
        </Show>
        <CaughtFault attempted={t("storeChoice.title")} error={save.error} />
      </div>
      <footer class="flex justify-end border-t border-line px-5 py-3">
        <Button type="submit" look="main" busy={save.isPending}>
          {t("storeChoice.save")}
        </Button>
      </footer>
    </form>
  );
}
