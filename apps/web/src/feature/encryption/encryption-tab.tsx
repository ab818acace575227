import { useQuery } from "@tanstack/solid-query";
import { createSignal, For, Match, Switch } from "solid-js";
import { useApi } from "../../platform/api.tsx";
import { useText } from "../../platform/text.tsx";
import { Button } from "../../ui/button.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { Faces } from "../../ui/faces.tsx";
import { useMay } from "../session/me.tsx";
import { CreateEncryptionKeyDialog } from "./create-encryption-key-dialog.tsx";
import { EncryptionKeyRow, type KeyAct } from "./encryption-key-row.tsx";
import { type EncryptionKey, encryptionKeysQuery } from "./queries.ts";
import { RecoveryKitDialog } from "./recovery-kit-dialog.tsx";
import { RemoveEncryptionKeyDialog } from "./remove-encryption-key-dialog.tsx";

type Open = { readonly act: "create" } | { readonly act: KeyAct; readonly key: EncryptionKey };

/** Public parts of the keys, and the recovery kit without which none of them encrypts anything. */
export function EncryptionTab() {
  const api = useApi();
  const t = useText();
  const may = useMay();
  const [open, setOpen] = createSignal<Open>();
  const keys = useQuery(() => encryptionKeysQuery(api));
  const about = (act: KeyAct) => {
    const shown = open();
    return shown?.act === act && "key" in shown ? shown.key : undefined;
  };
  /** Straight on to the kit: a key is not there before somebody can recover it. */
  const made = (key: EncryptionKey) =>
    setOpen(key.state === "unconfirmed" && may("owner") ? { act: "kit", key } : undefined);
  const create = () => (
    <Button look="main" icon="plus" onClick={() => setOpen({ act: "create" })}>
      {t("encryption.create")}
    </Button>
  );
  return (
    <>
      <div class="flex flex-wrap items-center justify-between gap-3">
        <p class="text-muted">{t("encryption.about")}</p>
        {create()}
      </div>
      <Faces
        of={keys}
        isEmpty={(page) => page.items.length === 0}
        empty={
          <EmptyState icon="key" title={t("encryption.empty")} act={create()}>
            {t("encryption.emptyHelp")}
          </EmptyState>
        }
      >
        {(page) => (
          <ul class="panel" aria-label={t("encryption.listName")}>
            <For each={page().items}>
              {(key) => <EncryptionKeyRow encryptionKey={key} onAct={(act) => setOpen({ act, key })} />}
            </For>
          </ul>
        )}
      </Faces>
      <Switch>
        <Match when={open()?.act === "create"}>
          <CreateEncryptionKeyDialog onMade={made} onClose={() => setOpen()} />
        </Match>
        <Match when={about("replace")}>
          {(key) => <CreateEncryptionKeyDialog replaces={key()} onMade={made} onClose={() => setOpen()} />}
        </Match>
        <Match when={about("kit")}>
          {(key) => <RecoveryKitDialog encryptionKey={key()} onClose={() => setOpen()} />}
        </Match>
        <Match when={about("remove")}>
          {(key) => <RemoveEncryptionKeyDialog encryptionKey={key()} onClose={() => setOpen()} />}
        </Match>
      </Switch>
    </>
  );
}
