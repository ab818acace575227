import { useQueryClient } from "@tanstack/solid-query";
import { useApi } from "../../platform/api.tsx";
import { useText } from "../../platform/text.tsx";
import { ConfirmDialog } from "../../ui/confirm-dialog.tsx";
import { toast } from "../../ui/toast.tsx";
import type { Store } from "./queries.ts";

/** Only an empty store can go; the API says so when it is not, and the dialog stays. */
export function RemoveStoreDialog(props: { store: Store; onClose: () => void }) {
  const api = useApi();
  const t = useText();
  const queries = useQueryClient();
  const done = () => {
    toast(t("stores.removed", props.store.name));
    void queries.invalidateQueries({ queryKey: ["stores"] });
  };
  return (
    <ConfirmDialog
      title={t("stores.removeTitle", props.store.name)}
      about={t("stores.removeAbout", props.store.name)}
      act={t("stores.removeTitle", props.store.name)}
      run={() => api.stores.remove.mutate({ id: props.store.id })}
      onDone={done}
      onClose={props.onClose}
    />
  );
}
