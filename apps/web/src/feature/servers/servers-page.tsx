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
import { serversQuery } from "./queries.ts";
import { ServerDialog } from "./server-dialog.tsx";
import { ServerRow } from "./server-row.tsx";

export function ServersPage() {
  const api = useApi();
  const t = useText();
  const may = useMay();
  const [search, setSearch] = useSearchParams();
  const servers = useQuery(() => serversQuery(api));
  /** Sent here by a failure of this server. */
  const edited = () =>
    servers.isPending || !may("admin") ? undefined : servers.data?.items.find(({ id }) => id === search.edit);
  const add = () => (
    <Show when={may("admin")}>
      <Button look="main" icon="plus" onClick={() => setSearch({ act: "add" })}>
        {t("servers.add")}
      </Button>
    </Show>
  );
  return (
    <div class="flex flex-col gap-4">
      <PageHead title={t("servers.title")} about={t("servers.about")} acts={add()} />
      <Faces
        of={servers}
        skeleton={<ListSkeleton rows={2} mark />}
        isEmpty={(page) => page.items.length === 0}
        empty={
          <EmptyState icon="server" title={t("servers.empty")} act={add()}>
            {t("servers.emptyHelp")}
          </EmptyState>
        }
      >
        {(page) => (
          <ul class="panel" aria-label={t("servers.listName")}>
            <For each={page().items}>{(server) => <ServerRow server={server} />}</For>
          </ul>
        )}
      </Faces>
      <Show when={edited()}>
        {(server) => (
          <ServerDialog server={server()} onClose={() => setSearch({ edit: undefined }, { replace: true })} />
        )}
      </Show>
      <Show when={search.act === "add"}>
        <ServerDialog onClose={() => setSearch({ act: undefined }, { replace: true })} />
      </Show>
    </div>
  );
}
