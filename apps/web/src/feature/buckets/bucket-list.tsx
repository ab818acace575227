import { useSearchParams } from "@solidjs/router";
import { useMutation, useQuery, useQueryClient } from "@tanstack/solid-query";
import { For, Show } from "solid-js";
import { createStore } from "solid-js/store";
import { useApi } from "../../platform/api.tsx";
import { useFormat } from "../../platform/format.ts";
import { useText } from "../../platform/text.tsx";
import { Button } from "../../ui/button.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { Faces } from "../../ui/faces.tsx";
import { CaughtFault } from "../../ui/fault-card.tsx";
import { Icon } from "../../ui/icon.tsx";
import { ListSkeleton } from "../../ui/skeleton.tsx";
import { toast } from "../../ui/toast.tsx";
import { When } from "../../ui/when.tsx";
import { useResource } from "../resources/resource-context.tsx";
import { useMay } from "../session/me.tsx";
import { type Bucket, bucketsQuery } from "./queries.ts";

const COLUMNS = "auto minmax(0,1fr) auto auto auto";

/** Buckets with their sizes, ticked for a backup, or opened. */
export function BucketList() {
  const api = useApi();
  const t = useText();
  const resource = useResource();
  const buckets = useQuery(() => bucketsQuery(api, resource().id));
  return (
    <Faces
      of={buckets}
      skeleton={<ListSkeleton rows={3} />}
      isEmpty={(page) => page.items.length === 0}
      empty={
        <EmptyState icon="archive" title={t("buckets.empty")}>
          {t("buckets.emptyHelp")}
        </EmptyState>
      }
    >
      {(page) => <BucketTable buckets={page().items} />}
    </Faces>
  );
}

function BucketTable(props: { buckets: readonly Bucket[] }) {
  const t = useText();
  const may = useMay();
  const [ticked, setTicked] = createStore<Record<string, boolean>>({});
  const chosen = () => props.buckets.map(({ name }) => name).filter((name) => ticked[name]);
  const tickAll = (isTicked: boolean) =>
    setTicked(Object.fromEntries(props.buckets.map(({ name }) => [name, isTicked])));
  return (
    <>
      <Show when={may("operator")}>
        <BackupActs chosen={chosen()} onDone={() => tickAll(false)} />
      </Show>
      <table class="grid-table" style={{ "--columns": COLUMNS }} aria-label={t("buckets.title")}>
        <thead class="grid-body">
          <tr class="grid-row is-head">
            <th scope="col">
              <Show when={may("operator")}>
                <input
                  type="checkbox"
                  class="checkbox checkbox-primary block"
                  aria-label={t("buckets.chooseAll")}
                  checked={chosen().length === props.buckets.length}
                  onChange={(event) => tickAll(event.currentTarget.checked)}
                />
              </Show>
            </th>
            <th scope="col">{t("buckets.name")}</th>
            <th scope="col" class="is-number">
              {t("buckets.objects")}
            </th>
            <th scope="col" class="is-number">
              {t("buckets.size")}
            </th>
            <th scope="col">{t("buckets.created")}</th>
          </tr>
        </thead>
        <tbody class="grid-body">
          <For each={props.buckets}>
            {(bucket) => (
              <BucketRow
                bucket={bucket}
                isTicked={ticked[bucket.name] === true}
                onTicked={(isTicked) => setTicked({ [bucket.name]: isTicked })}
              />
            )}
          </For>
        </tbody>
      </table>
    </>
  );
}

function BackupActs(props: { chosen: readonly string[]; onDone: () => void }) {
  const api = useApi();
  const t = useText();
  const resource = useResource();
  const queries = useQueryClient();
  const backUp = useMutation(() => ({
    mutationFn: (wanted: "all" | "some") =>
      api.buckets.backup.mutate({
        resourceId: resource().id,
        buckets: wanted === "all" ? "all" : [...props.chosen],
      }),
    onSuccess: async () => {
      toast(t("createBackup.started"));
      props.onDone();
      await queries.invalidateQueries({ queryKey: ["backups", resource().id] });
    },
  }));
  const busyWith = (wanted: "all" | "some") => backUp.isPending && backUp.variables === wanted;
  return (
    <>
      <div class="flex flex-wrap items-center justify-between gap-3">
        <p class="text-muted">{t("buckets.choose")}</p>
        <div class="flex flex-wrap gap-2">
          <Button
            icon="archive"
            disabled={props.chosen.length === 0}
            busy={busyWith("some")}
            onClick={() => backUp.mutate("some")}
          >
            {t("buckets.backupSome", props.chosen.length)}
          </Button>
          <Button icon="archive" busy={busyWith("all")} onClick={() => backUp.mutate("all")}>
            {t("buckets.backupAll")}
          </Button>
        </div>
      </div>
      <CaughtFault attempted={t("buckets.refused")} error={backUp.error} />
    </>
  );
}

function BucketRow(props: { bucket: Bucket; isTicked: boolean; onTicked: (isTicked: boolean) => void }) {
  const t = useText();
  const may = useMay();
  const format = useFormat();
  const [, setSearch] = useSearchParams();
  return (
    <tr class="grid-row max-sm:flex-nowrap! max-sm:items-start!" data-row tabindex="-1">
      <td>
        <Show when={may("operator")}>
          <input
            type="checkbox"
            class="checkbox checkbox-primary block max-sm:mt-0.5"
            aria-label={t("buckets.chooseOne", props.bucket.name)}
            checked={props.isTicked}
            onChange={(event) => props.onTicked(event.currentTarget.checked)}
          />
        </Show>
      </td>
      <td class="min-w-0 max-sm:flex-1">
        <button
          type="button"
          data-opens
          class="flex max-w-full items-center gap-2 font-medium underline-offset-2 hover:underline"
          aria-label={t("buckets.open", props.bucket.name)}
          onClick={() => setSearch({ bucket: props.bucket.name })}
        >
          <Icon name="archive" class="text-muted" />
          <span class="truncate font-mono">{props.bucket.name}</span>
        </button>
      </td>
      <td class="is-number text-muted">
        {props.bucket.objects === null ? t("buckets.uncounted") : format.number(props.bucket.objects)}
        <span class="sm:hidden"> {t("buckets.objects").toLowerCase()}</span>
      </td>
      <td class="is-number whitespace-nowrap">
        {props.bucket.size === null ? "" : format.bytes(props.bucket.size)}
      </td>
      <td class="whitespace-nowrap text-muted max-sm:hidden">
        <Show when={props.bucket.createdAt}>{(at) => <When at={at()} />}</Show>
      </td>
    </tr>
  );
}
