import { useSearchParams } from "@solidjs/router";
import { useQuery } from "@tanstack/solid-query";
import { Show } from "solid-js";
import { useApi } from "../../platform/api.tsx";
import { useText } from "../../platform/text.tsx";
import { CaughtFault } from "../../ui/fault-card.tsx";
import { useResource } from "../resources/resource-context.tsx";
import { useMay } from "../session/me.tsx";
import { RestoreDialog } from "./restore-dialog.tsx";

/** `?restore=` and a backup's id: the card of a failed restore leads straight to the safety backup. */
export function AskedRestore() {
  const api = useApi();
  const t = useText();
  const may = useMay();
  const resource = useResource();
  const [search, setSearch] = useSearchParams();
  const asked = () => (typeof search.restore === "string" && may("operator") ? search.restore : "");
  const backup = useQuery(() => ({
    queryKey: ["backup", asked()],
    queryFn: ({ signal }: { signal: AbortSignal }) =>
      api.backups.get.query({ resourceId: resource().id, id: asked() }, { signal }),
    enabled: asked() !== "",
  }));
  const known = () => (asked() === "" || backup.isPending ? undefined : backup.data);
  return (
    <>
      <CaughtFault attempted={t("restore.refused")} error={asked() === "" ? undefined : backup.error} />
      <Show when={known()}>
        {(found) => (
          <RestoreDialog
            backup={found()}
            resource={resource()}
            onClose={() => setSearch({ restore: undefined }, { replace: true })}
          />
        )}
      </Show>
    </>
  );
}
