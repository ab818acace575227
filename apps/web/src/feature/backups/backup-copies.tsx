import type { PanelApi, RouterOutputs } from "@cofre/sdk/panel";
import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/solid-query";
import { createSignal, For, Show } from "solid-js";
import { useApi } from "../../platform/api.tsx";
import { faultCode } from "../../platform/fault-code.ts";
import { useFormat } from "../../platform/format.ts";
import { useText } from "../../platform/text.tsx";
import { Button, IconButton } from "../../ui/button.tsx";
import { ConfirmDialog } from "../../ui/confirm-dialog.tsx";
import { Faces } from "../../ui/faces.tsx";
import { CaughtFault, FaultCard } from "../../ui/fault-card.tsx";
import { SelectField } from "../../ui/field.tsx";
import { Icon } from "../../ui/icon.tsx";
import { toast } from "../../ui/toast.tsx";
import { useMay } from "../session/me.tsx";
import { type Store, storesQuery } from "../stores/queries.ts";
import { type Backup, isOnlyInCopy } from "./queries.ts";
import { useUnitName } from "./unit-name.ts";

/** Nothing rests there: the same store may be asked again. */
const isOver = (status: Copy["status"]) => status === "failed" || status === "cancelled";

type Copy = RouterOutputs["copies"]["list"]["items"][number];

const COPIES_EVERY_MS = 3_000;

const copiesQuery = (api: PanelApi, of: { resourceId: string; id: string }) =>
  queryOptions({
    queryKey: ["copies", of.id],
    queryFn: ({ signal }) => api.copies.list.query(of, { signal }),
    refetchInterval: ({ state }) =>
      state.data?.items.some(({ status }) => status === "pending" || status === "running")
        ? COPIES_EVERY_MS
        : false,
  });

/** Every store that has this archive, and the way to one more. */
export function BackupCopies(props: { backup: Backup }) {
  const api = useApi();
  const t = useText();
  const may = useMay();
  const of = () => ({ resourceId: props.backup.resourceId, id: props.backup.id });
  const copies = useQuery(() => copiesQuery(api, of()));
  const stores = useQuery(() => storesQuery(api));
  const known = () => (stores.isPending ? [] : (stores.data?.items ?? []));
  const first = () => known().find(({ id }) => id === props.backup.storeId);
  return (
    <section aria-labelledby="copies">
      <h3 id="copies" class="mb-1.5 text-[13px] font-medium">
        {t("copies.title")}
      </h3>
      <Faces of={copies} skeleton={<div class="h-10" />}>
        {(page) => (
          <>
            <ul class="rounded-lg border border-line">
              <FirstPlace store={first()?.name} isDamaged={isOnlyInCopy(props.backup)} />
              <For each={page().items}>{(copy) => <CopyLine copy={copy} backup={props.backup} />}</For>
            </ul>
            <Show when={may("operator") && props.backup.status === "completed"}>
              <AddCopy
                of={of()}
                stores={known().filter(
                  ({ id }) =>
                    id !== props.backup.storeId &&
                    !page().items.some(({ storeId, status }) => storeId === id && !isOver(status)),
                )}
              />
            </Show>
          </>
        )}
      </Faces>
    </section>
  );
}

function FirstPlace(props: { store: string | undefined; isDamaged: boolean }) {
  const t = useText();
  return (
    <li class="px-3">
      <div class="flex min-h-10 items-center gap-2">
        <Icon
          name={props.isDamaged ? "alert" : "archive"}
          class={props.isDamaged ? "text-error" : "text-muted"}
        />
        <span class="min-w-0 flex-1 truncate">{props.store}</span>
        <span class="text-[13px]/5 text-muted">
          {t(props.isDamaged ? "copies.firstDamaged" : "copies.first")}
        </span>
      </div>
      <Show when={props.isDamaged}>
        <p class="-mt-1 pb-2.5 pl-6 text-[13px]/5 text-muted">{t("copies.firstDamagedHelp")}</p>
      </Show>
    </li>
  );
}

function CopyLine(props: { copy: Copy; backup: Backup }) {
  const api = useApi();
  const t = useText();
  const may = useMay();
  const format = useFormat();
  const queries = useQueryClient();
  const unitName = useUnitName();
  const [isRemoving, setIsRemoving] = createSignal(false);
  const isAtRest = () => props.copy.status !== "pending" && props.copy.status !== "running";
  const state = () =>
    props.copy.verifiedAt === null
      ? t(`copies.status.${props.copy.status}`)
      : t("copies.verified", format.ago(props.copy.verifiedAt));
  return (
    <li class="border-t border-line px-3">
      <div class="flex min-h-10 items-center gap-2">
        <Icon
          name={props.copy.status === "failed" ? "alert" : "copy"}
          class={props.copy.status === "failed" ? "text-error" : "text-muted"}
        />
        <span class="min-w-0 flex-1 truncate">{props.copy.storeName}</span>
        <span class="text-[13px]/5 text-muted">{state()}</span>
        <Show when={may("operator") && isAtRest()}>
          <IconButton
            icon="trash"
            label={t("copies.removeOf", props.copy.storeName)}
            class="-mr-2"
            onClick={() => setIsRemoving(true)}
          />
        </Show>
      </div>
      <Show when={props.copy.error}>
        {(error) => (
          <div class="pb-3">
            <FaultCard
              attempted={t("copies.failed", props.copy.storeName)}
              fault={{ ...error(), code: faultCode(error().code) }}
              jobId={props.copy.jobId}
            />
          </div>
        )}
      </Show>
      <Show when={isRemoving()}>
        <ConfirmDialog
          title={t("copies.removeTitle", props.copy.storeName)}
          about={t("copies.removeAbout", { backup: unitName(props.backup), store: props.copy.storeName })}
          act={t("copies.removeOf", props.copy.storeName)}
          icon="trash"
          run={() =>
            api.copies.remove.mutate({
              resourceId: props.backup.resourceId,
              id: props.backup.id,
              copyId: props.copy.id,
            })
          }
          onDone={() => queries.invalidateQueries({ queryKey: ["copies", props.backup.id] })}
          onClose={() => setIsRemoving(false)}
        />
      </Show>
    </li>
  );
}

function AddCopy(props: { of: { resourceId: string; id: string }; stores: readonly Store[] }) {
  const api = useApi();
  const t = useText();
  const queries = useQueryClient();
  const [storeId, setStoreId] = createSignal("");
  const chosen = () => storeId() || (props.stores[0]?.id ?? "");
  const add = useMutation(() => ({
    mutationFn: () => api.copies.create.mutate({ ...props.of, storeId: chosen() }),
    onSuccess: async () => {
      toast(t("copies.started"));
      setStoreId("");
      await queries.invalidateQueries({ queryKey: ["copies", props.of.id] });
    },
  }));
  return (
    <Show when={props.stores.length > 0}>
      <div class="mt-3 flex items-end gap-2">
        <div class="min-w-0 flex-1">
          <SelectField
            label={t("copies.to")}
            value={chosen()}
            onValue={setStoreId}
            options={props.stores.map(({ id, name }) => ({ value: id, label: name }))}
          />
        </div>
        <Button class="h-9! max-sm:h-11!" icon="copy" busy={add.isPending} onClick={() => add.mutate()}>
          {t("copies.add")}
        </Button>
      </div>
      <CaughtFault attempted={t("copies.refused")} error={add.error} />
    </Show>
  );
}
