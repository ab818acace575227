import { useMutation, useQueryClient } from "@tanstack/solid-query";
import { useApi } from "../../platform/api.tsx";
import { useText } from "../../platform/text.tsx";
import { Button } from "../../ui/button.tsx";
import { Dialog, DialogActs, DialogBody } from "../../ui/dialog.tsx";
import { CaughtFault } from "../../ui/fault-card.tsx";
import { toast } from "../../ui/toast.tsx";
import type { Resource } from "./queries.ts";

export function RestartDialog(props: { resource: Resource; onClose: () => void }) {
  const api = useApi();
  const t = useText();
  const queries = useQueryClient();
  let safe: HTMLButtonElement | undefined;
  const restart = useMutation(() => ({
    mutationFn: () => api.resources.restart.mutate({ id: props.resource.id }),
    onSuccess: async () => {
      toast(t("resources.restarted", props.resource.name));
      await queries.invalidateQueries({ queryKey: ["resources"] });
      props.onClose();
    },
  }));
  return (
    <Dialog
      title={t("resources.restartTitle", props.resource.name)}
      description={t("resources.restartAbout", props.resource.containerName ?? props.resource.name)}
      focusFirst={() => safe}
      onClose={props.onClose}
    >
      <DialogBody>
        <CaughtFault attempted={t("resources.restartOf", props.resource.name)} error={restart.error} />
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
        <Button look="main" icon="power" busy={restart.isPending} onClick={() => restart.mutate()}>
          {t("resources.restartOf", props.resource.name)}
        </Button>
      </DialogActs>
    </Dialog>
  );
}
