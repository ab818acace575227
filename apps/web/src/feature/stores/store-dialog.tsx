import { panelFault } from "@cofre/sdk/panel";
import { useMutation, useQuery, useQueryClient } from "@tanstack/solid-query";
import { createSignal, Show } from "solid-js";
import { createStore } from "solid-js/store";
import { useApi } from "../../platform/api.tsx";
import { useText } from "../../platform/text.tsx";
import { Button } from "../../ui/button.tsx";
import { Dialog, DialogActs, DialogBody } from "../../ui/dialog.tsx";
import { CaughtFault } from "../../ui/fault-card.tsx";
import { toast } from "../../ui/toast.tsx";
import { serversQuery } from "../servers/queries.ts";
import type { Store } from "./queries.ts";
import { saveStore } from "./save-store.ts";
import { draftOf } from "./store-draft.ts";
import { StoreFields } from "./store-fields.tsx";

/** Adds a store, or changes one. A new one is tried before it is kept. */
export function StoreDialog(props: { store?: Store; onClose: () => void }) {
  const api = useApi();
  const t = useText();
  const queries = useQueryClient();
  const servers = useQuery(() => serversQuery(api));
  const known = () => (servers.isPending ? [] : (servers.data?.items ?? []));
  const [draft, setDraft] = createStore(draftOf(props.store));
  const [isUntested, setIsUntested] = createSignal(false);
  const save = useMutation(() => ({
    mutationFn: (test: boolean) =>
      saveStore(api, {
        store: props.store,
        draft: { ...draft, serverId: draft.serverId || (known()[0]?.id ?? "") },
        test,
      }),
    onMutate: (test) => setIsUntested(!test),
    onSuccess: async (saved) => {
      toast(t(props.store === undefined ? "storeForm.added" : "storeForm.saved", saved.name));
      props.onClose();
      await queries.invalidateQueries({ queryKey: ["stores"] });
    },
  }));
  const fault = () => (save.isError ? panelFault(save.error) : undefined);
  return (
    <Dialog
      title={props.store === undefined ? t("storeForm.title") : t("storeForm.editTitle", props.store.name)}
      width={560}
      onClose={props.onClose}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate(true);
        }}
      >
        <DialogBody>
          <StoreFields
            draft={draft}
            onDraft={setDraft}
            store={props.store}
            servers={known()}
            fault={fault()}
          />
          <CaughtFault
            attempted={t("storeForm.refused")}
            error={save.error}
            act={
              <Show when={!isUntested() && props.store === undefined && fault()?.code !== "input.invalid"}>
                <Button busy={save.isPending} onClick={() => save.mutate(false)}>
                  {t("storeForm.anyway")}
                </Button>
              </Show>
            }
          />
        </DialogBody>
        <DialogActs>
          <Button onClick={() => props.onClose()}>{t("acts.cancel")}</Button>
          <Button type="submit" look="main" busy={save.isPending}>
            {props.store === undefined ? t("storeForm.test") : t("acts.save")}
          </Button>
        </DialogActs>
      </form>
    </Dialog>
  );
}
