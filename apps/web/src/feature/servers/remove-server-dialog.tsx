import { useMutation, useQueryClient } from "@tanstack/solid-query";
import { useApi } from "../../platform/api.tsx";
import { useText } from "../../platform/text.tsx";
import { Button } from "../../ui/button.tsx";
import { Dialog, DialogActs, DialogBody } from "../../ui/dialog.tsx";
import { CaughtFault } from "../../ui/fault-card.tsx";
import { toast } from "../../ui/toast.tsx";
import type { Server } from "./queries.ts";

export function RemoveServerDialog(props: { server: Server; onClose: () => void }) {
  const api = useApi();
  const t = useText();
  const queries = useQueryClient();
  let safe: HTMLButtonElement | undefined;
  const remove = useMutation(() => ({
    mutationFn: () => api.servers.remove.mutate({ id: props.server.id }),
    onSuccess: async () => {
      toast(t("servers.removed", props.server.name));
      props.onClose();
      await queries.invalidateQueries({ queryKey: ["servers"] });
    },
  }));
  return (
    <Dialog
      title={t("servers.removeTitle", props.server.name)}
      description={t("servers.removeAbout", props.server.name)}
      focusFirst={() => safe}
      onClose={props.onClose}
    >
      <DialogBody>
        <CaughtFault attempted={t("servers.removeTitle", props.server.name)} error={remove.error} />
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
        <Button look="danger" busy={remove.isPending} onClick={() => remove.mutate()}>
          {t("servers.removeAct", props.server.name)}
        </Button>
      </DialogActs>
    </Dialog>
  );
}
