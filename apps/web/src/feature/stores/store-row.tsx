import { useMutation, useQueryClient } from "@tanstack/solid-query";
import { createSignal, Match, Show, Switch } from "solid-js";
import { useApi } from "../../platform/api.tsx";
import { useFormat } from "../../platform/format.ts";
import { useText } from "../../platform/text.tsx";
import { Button } from "../../ui/button.tsx";
import { CaughtFault } from "../../ui/fault-card.tsx";
import { Icon } from "../../ui/icon.tsx";
import { Menu, MenuItem, MenuLine } from "../../ui/menu.tsx";
import { toast } from "../../ui/toast.tsx";
import { DiskMeter } from "../servers/disk-meter.tsx";
import { useMay } from "../session/me.tsx";
import type { Store } from "./queries.ts";
import { RemoveStoreDialog } from "./remove-store-dialog.tsx";
import { StoreDialog } from "./store-dialog.tsx";
import { useStorePlace } from "./store-place.ts";
import { TestStoreDialog } from "./test-store-dialog.tsx";

type Open = "edit" | "test" | "remove";

export function StoreRow(props: { store: Store }) {
  const api = useApi();
  const t = useText();
  const queries = useQueryClient();
  const [open, setOpen] = createSignal<Open>();
  const prefer = useMutation(() => ({
    mutationFn: () => api.stores.change.mutate({ id: props.store.id, isDefault: true }),
    onSuccess: () => toast(t("stores.madeDefault", props.store.name)),
    onSettled: () => queries.invalidateQueries({ queryKey: ["stores"] }),
  }));
  const close = () => setOpen();
  return (
    <li
      data-row
      tabindex="-1"
      class="grid items-center gap-x-6 gap-y-3 border-t border-line px-4 py-3.5 first:border-t-0 hover:bg-(--hover) focus-visible:-outline-offset-2 md:grid-cols-[minmax(0,1fr)_200px_auto]"
    >
      <StoreWords store={props.store} />
      <Show when={props.store.kind === "directory"} fallback={<span class="max-md:hidden" />}>
        <DiskMeter free={props.store.freeBytes} total={props.store.totalBytes} />
      </Show>
      <RowActs store={props.store} onOpen={setOpen} onPrefer={() => prefer.mutate()} />
      <Show when={prefer.error}>
        <div class="md:col-span-3">
          <CaughtFault attempted={t("stores.makeDefault")} error={prefer.error} />
        </div>
      </Show>
      <Switch>
        <Match when={open() === "edit"}>
          <StoreDialog store={props.store} onClose={close} />
        </Match>
        <Match when={open() === "test"}>
          <TestStoreDialog store={props.store} onClose={close} />
        </Match>
        <Match when={open() === "remove"}>
          <RemoveStoreDialog store={props.store} onClose={close} />
        </Match>
      </Switch>
    </li>
  );
}

function StoreWords(props: { store: Store }) {
  const t = useText();
  const format = useFormat();
  const placeOf = useStorePlace();
  const facts = () =>
    [
      t("stores.holds", { count: props.store.backupCount, size: format.bytes(props.store.storedBytes) }),
      ...(props.store.copyCount === 0 ? [] : [t("stores.copies", props.store.copyCount)]),
      props.store.checkedAt === null
        ? t("stores.neverChecked")
        : t("stores.checked", format.ago(props.store.checkedAt)),
    ].join(" · ");
  return (
    <div class="flex min-w-0 items-start gap-3">
      <span class="inline-grid size-10 shrink-0 place-items-center rounded-lg border border-line bg-sunken">
        <Icon name="archive" class="size-5" />
      </span>
      <div class="min-w-0">
        <p class="flex flex-wrap items-center gap-x-2.5">
          <span class="font-semibold">{props.store.name}</span>
          <Show when={props.store.isDefault}>
            <span
              class="rounded border border-line px-1.5 text-xs/4.5 text-muted"
              title={t("stores.defaultHelp")}
            >
              {t("stores.isDefault")}
            </span>
          </Show>
        </p>
        <p class="text-[13px]/5 text-muted">
          <code>{placeOf(props.store)}</code>
        </p>
        <p class="text-[13px]/5 text-muted">{facts()}</p>
      </div>
    </div>
  );
}

function RowActs(props: { store: Store; onOpen: (what: Open) => void; onPrefer: () => void }) {
  const t = useText();
  const may = useMay();
  return (
    <Show when={may("admin")}>
      <div class="flex items-center justify-end gap-1.5 max-md:justify-start">
        <Button aria-label={t("stores.testOf", props.store.name)} onClick={() => props.onOpen("test")}>
          {t("stores.test")}
        </Button>
        <Menu label={t("acts.moreOf", props.store.name)}>
          <MenuItem icon="edit" onSelect={() => props.onOpen("edit")}>
            {t("stores.edit")}
          </MenuItem>
          <Show when={props.store.kind === "directory" && !props.store.isDefault}>
            <MenuItem icon="check" onSelect={() => props.onPrefer()}>
              {t("stores.makeDefault")}
            </MenuItem>
          </Show>
          <MenuLine />
          <MenuItem icon="trash" danger onSelect={() => props.onOpen("remove")}>
            {t("stores.remove")}
          </MenuItem>
        </Menu>
      </div>
    </Show>
  );
}
