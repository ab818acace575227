import { useQueryClient } from "@tanstack/solid-query";
import { useApi } from "../../platform/api.tsx";
import { useText } from "../../platform/text.tsx";
import { ConfirmDialog } from "../../ui/confirm-dialog.tsx";
import type { ApiKey } from "./queries.ts";

export function RevokeKeyDialog(props: { apiKey: ApiKey; onClose: () => void }) {
  const api = useApi();
  const t = useText();
  const queries = useQueryClient();
  return (
    <ConfirmDialog
      title={t("apiKeys.revokeTitle", props.apiKey.name)}
      about={t("apiKeys.revokeAbout")}
      act={t("apiKeys.revokeAct", props.apiKey.name)}
      run={() => api.apiKeys.revoke.mutate({ id: props.apiKey.id })}
      onDone={() => queries.invalidateQueries({ queryKey: ["api-keys"] })}
      onClose={props.onClose}
    />
  );
}
