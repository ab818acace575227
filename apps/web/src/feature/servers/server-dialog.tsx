import { panelFault } from "@cofre/sdk/panel";
import { useMutation, useQueryClient } from "@tanstack/solid-query";
import { createSignal, Show } from "solid-js";
import { createStore } from "solid-js/store";
import { useApi } from "../../platform/api.tsx";
import { useText } from "../../platform/text.tsx";
import { Button } from "../../ui/button.tsx";
import { Dialog, DialogActs, DialogBody } from "../../ui/dialog.tsx";
import { CaughtFault } from "../../ui/fault-card.tsx";
import { toast } from "../../ui/toast.tsx";
import { HostKeyCheck } from "./host-key-check.tsx";
import type { HostKey, Server } from "./queries.ts";
import { saveServer } from "./save-server.ts";
import { draftOf, needsHostKey, type ServerDraft } from "./server-draft.ts";
import { ServerFields } from "./server-fields.tsx";

/** Address first; then the server's own key, shown and confirmed by a person; then the connection is tried and kept. */
export function ServerDialog(props: { server?: Server; onClose: () => void }) {
  const api = useApi();
  const t = useText();
  const queries = useQueryClient();
  const [draft, setDraft] = createStore<ServerDraft>(draftOf(props.server));
  const [hostKey, setHostKey] = createSignal<HostKey>();
  const readKey = useMutation(() => ({
    mutationFn: () => api.servers.hostKey.mutate({ host: draft.host.trim(), port: Number(draft.port) }),
    onSuccess: (key) => setHostKey(key),
  }));
  const save = useMutation(() => ({
    mutationFn: () => saveServer(api, { server: props.server, draft, hostKey: hostKey() }),
    onSuccess: async (saved) => {
      toast(t(props.server === undefined ? "addServer.added" : "addServer.saved", saved.name));
      props.onClose();
      await queries.invalidateQueries({ queryKey: ["servers"] });
      await queries.invalidateQueries({ queryKey: ["resources"] });
    },
  }));
  const submit = () => {
    if (hostKey() !== undefined || !needsHostKey(draft, props.server)) save.mutate();
    else readKey.mutate();
  };
  const back = () => {
    setHostKey();
    save.reset();
  };
  /** What was confirmed is not what answers: confirming it once more would change nothing. */
  const hasOtherKey = () => save.error !== null && panelFault(save.error).code === "server.host-key";
  const lookAgain = () => {
    readKey.mutate(undefined, { onSuccess: () => save.reset() });
  };
  return (
    <Dialog
      title={props.server === undefined ? t("addServer.title") : t("addServer.editTitle", props.server.name)}
      width={560}
      onClose={props.onClose}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <DialogBody>
          <Show
            when={hostKey()}
            fallback={<ServerFields draft={draft} onDraft={setDraft} server={props.server} />}
          >
            {(key) => (
              <HostKeyCheck hostKey={key()} before={props.server?.hostKey ?? null} host={draft.host.trim()} />
            )}
          </Show>
          <CaughtFault
            attempted={t("addServer.refused")}
            error={save.error ?? readKey.error}
            act={
              <Show when={hasOtherKey()}>
                <Button icon="refresh" busy={readKey.isPending} onClick={lookAgain}>
                  {t("addServer.lookAgain")}
                </Button>
              </Show>
            }
          />
        </DialogBody>
        <DialogActs>
          <Show
            when={hostKey()}
            fallback={<Button onClick={() => props.onClose()}>{t("acts.cancel")}</Button>}
          >
            <Button onClick={back}>{t("acts.back")}</Button>
          </Show>
          <Button type="submit" look="main" busy={readKey.isPending || save.isPending}>
            <Show
              when={hostKey()}
              fallback={needsHostKey(draft, props.server) ? t("addServer.fetch") : t("addServer.save")}
            >
              {t("addServer.confirm")}
            </Show>
          </Button>
        </DialogActs>
      </form>
    </Dialog>
  );
}
