import { useMutation, useQueryClient } from "@tanstack/solid-query";
import { For, onMount, Show } from "solid-js";
import { useApi } from "../../platform/api.tsx";
import { useFormat } from "../../platform/format.ts";
import { useText } from "../../platform/text.tsx";
import { Button } from "../../ui/button.tsx";
import { Dialog, DialogActs, DialogBody } from "../../ui/dialog.tsx";
import { CaughtFault } from "../../ui/fault-card.tsx";
import { Icon } from "../../ui/icon.tsx";
import { ListSkeleton } from "../../ui/skeleton.tsx";
import type { Store, StoreTest } from "./queries.ts";
import { useCheckName } from "./store-checks.ts";

/** Does on the real store what every backup relies on, and tells each promise by itself. */
export function TestStoreDialog(props: { store: Store; onClose: () => void }) {
  const api = useApi();
  const t = useText();
  const queries = useQueryClient();
  const test = useMutation(() => ({
    mutationFn: () => api.stores.test.mutate({ id: props.store.id }),
    onSettled: () => queries.invalidateQueries({ queryKey: ["stores"] }),
  }));
  onMount(() => test.mutate());
  return (
    <Dialog
      title={t("storeTest.title", props.store.name)}
      description={t("storeTest.about")}
      width={560}
      onClose={props.onClose}
    >
      <DialogBody>
        <CaughtFault attempted={t("storeTest.attempted")} error={test.error} />
        <Show when={test.isPending}>
          <p class="text-muted" role="status">
            {t("storeTest.running")}
          </p>
          <ListSkeleton rows={4} />
        </Show>
        <Show when={test.isPending ? undefined : test.data}>{(found) => <Found found={found()} />}</Show>
      </DialogBody>
      <DialogActs>
        <Button icon="refresh" busy={test.isPending} onClick={() => test.mutate()}>
          {t("acts.retry")}
        </Button>
        <Button look="main" onClick={() => props.onClose()}>
          {t("acts.close")}
        </Button>
      </DialogActs>
    </Dialog>
  );
}

function Found(props: { found: StoreTest }) {
  const t = useText();
  const broken = () => props.found.checks.filter((check) => !check.ok).length;
  return (
    <>
      <p class="flex items-center gap-2 font-medium" role="status">
        <Show when={props.found.ok} fallback={<Icon name="alert" class="text-error" />}>
          <Icon name="check" class="text-primary" />
        </Show>
        {props.found.ok ? t("storeTest.ok") : t("storeTest.failed", broken())}
      </p>
      <ul
        class="max-h-[52vh] overflow-y-auto rounded-lg border border-line"
        aria-label={t("storeTest.results")}
        tabindex="0"
      >
        <For each={props.found.checks}>{(check) => <CheckLine check={check} />}</For>
      </ul>
    </>
  );
}

function CheckLine(props: { check: StoreTest["checks"][number] }) {
  const t = useText();
  const format = useFormat();
  const nameOf = useCheckName();
  const mark = () => {
    if (!props.check.ok) {
      return { name: "alert", label: t("storeTest.broken"), class: "mt-0.5 text-error" } as const;
    }
    return props.check.detail === null
      ? ({ name: "check", label: t("storeTest.passed"), class: "mt-0.5 text-muted" } as const)
      : ({ name: "alert", label: t("storeTest.noted"), class: "mt-0.5 text-warning" } as const);
  };
  return (
    <li class="flex items-start gap-3 border-t border-line px-3 py-2 first:border-t-0">
      <Icon {...mark()} />
      <div class="min-w-0 flex-1">
        <p class={props.check.ok ? "" : "font-medium"}>{nameOf(props.check.check)}</p>
        <Show when={props.check.detail}>
          {(detail) => <p class="text-[13px]/5 text-muted">{detail()}</p>}
        </Show>
      </div>
      <span class="text-[13px]/5 whitespace-nowrap text-muted tabular-nums">
        {format.number(props.check.tookMs)} ms
      </span>
    </li>
  );
}
