import { useSearchParams } from "@solidjs/router";
import { useQuery } from "@tanstack/solid-query";
import { For, Show } from "solid-js";
import { useApi } from "../../platform/api.tsx";
import { useText } from "../../platform/text.tsx";
import { Button } from "../../ui/button.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { Faces } from "../../ui/faces.tsx";
import { PageHead } from "../../ui/panel.tsx";
import { ListSkeleton } from "../../ui/skeleton.tsx";
import { useMay } from "../session/me.tsx";
import { storesQuery } from "./queries.ts";
import { StoreDialog } from "./store-dialog.tsx";
import { StoreRow } from "./store-row.tsx";

/** Everywhere that archives can rest. */
export function StoresPage() {
  const api = useApi();
  const t = useText();
  const may = useMay();
  const [search, setSearch] = useSearchParams();
  const stores = useQuery(() => storesQuery(api));
  const add = () => (
    <Show when={may("admin")}>
      <Button look="main" icon="plus" onClick={() => setSearch({ act: "add" })}>
        {t("stores.add")}
      </Button>
    </Show>
  );
  return (
    <div class="flex flex-col gap-4">
      <PageHead title={t("stores.title")} about={t("stores.about")} acts={add()} />
      <Faces
        of={stores}
        skeleton={<ListSkeleton rows={2} mark />}
        isEmpty={(page) => page.items.length === 0}
        empty={
          <EmptyState icon="archive" title={t("stores.empty")} act={add()}>
            {t("stores.emptyHelp")}
          </EmptyState>
        }
      >
        {(page) => (
          <ul class="panel" aria-label={t("stores.listName")}>
            <For each={page().items}>{(store) => <StoreRow store={store} />}</For>
          </ul>
        )}
      </Faces>
      <Show when={search.act === "add"}>
        <StoreDialog onClose={() => setSearch({ act: undefined }, { replace: true })} />
      </Show>
    </div>
  );
}
