import { useMutation, useQueryClient } from "@tanstack/solid-query";
import { useApi } from "../../platform/api.tsx";
import { useText } from "../../platform/text.tsx";
import { Button } from "../../ui/button.tsx";
import { Dialog, DialogActs, DialogBody } from "../../ui/dialog.tsx";
import { CaughtFault } from "../../ui/fault-card.tsx";
import type { ApiKey } from "./queries.ts";

export function RevokeKeyDialog(props: { apiKey: ApiKey; onClose: () => void }) {
  const api = useApi();
  const t = useText();
  const queries = useQueryClient();
  let safe: HTMLButtonElement | undefined;
  const revoke = useMutation(() => ({
    mutationFn: () => api.apiKeys.revoke.mutate({ id: props.apiKey.id }),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ["api-keys"] });
      props.onClose();
    },
  }));
  return (
    <Dialog
      title={t("apiKeys.revokeTitle", props.apiKey.name)}
      description={t("apiKeys.revokeAbout")}
      focusFirst={() => safe}
      onClose={props.onClose}
    >
      <DialogBody>
        <CaughtFault attempted={t("apiKeys.revokeOf", props.apiKey.name)} error={revoke.error} />
      </DialogBody>
      <DialogActs>
        <Button
          ref={(element) => {
            safe = element;
          }}
          onClick={() => props.onClose()}
        >
          {t("acts.cancel")}
        </Button>
        <Button look="danger" busy={revoke.isPending} onClick={() => revoke.mutate()}>
          {t("apiKeys.revokeAct", props.apiKey.name)}
        </Button>
      </DialogActs>
    </Dialog>
  );
}
