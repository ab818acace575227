import { useQueryClient } from "@tanstack/solid-query";
import { useApi } from "../../platform/api.tsx";
import { useText } from "../../platform/text.tsx";
import { ConfirmDialog } from "../../ui/confirm-dialog.tsx";
import { toast } from "../../ui/toast.tsx";
import type { EncryptionKey } from "./queries.ts";

/** The API refuses while an archive or a choice needs the key. */
export function RemoveEncryptionKeyDialog(props: { encryptionKey: EncryptionKey; onClose: () => void }) {
  const api = useApi();
  const t = useText();
  const queries = useQueryClient();
  const done = () => {
    toast(t("encryption.removed", props.encryptionKey.name));
    void queries.invalidateQueries({ queryKey: ["encryption-keys"] });
  };
  return (
    <ConfirmDialog
      title={t("encryption.removeTitle", props.encryptionKey.name)}
      about={t("encryption.removeAbout", props.encryptionKey.name)}
      act={t("encryption.removeTitle", props.encryptionKey.name)}
      icon="trash"
      run={() => api.encryption.remove.mutate({ id: props.encryptionKey.id })}
      onDone={done}
      onClose={props.onClose}
    />
  );
}
