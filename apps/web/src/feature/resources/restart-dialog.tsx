import { useQueryClient } from "@tanstack/solid-query";
import { useApi } from "../../platform/api.tsx";
import { useText } from "../../platform/text.tsx";
import { ConfirmDialog } from "../../ui/confirm-dialog.tsx";
import { toast } from "../../ui/toast.tsx";
import type { Resource } from "./queries.ts";

export function RestartDialog(props: { resource: Resource; onClose: () => void }) {
  const api = useApi();
  const t = useText();
  const queries = useQueryClient();
  const done = () => {
    toast(t("resources.restarted", props.resource.name));
    return queries.invalidateQueries({ queryKey: ["resources"] });
  };
  return (
    <ConfirmDialog
      title={t("resources.restartTitle", props.resource.name)}
      about={t("resources.restartAbout", props.resource.containerName ?? props.resource.name)}
      act={t("resources.restartOf", props.resource.name)}
      look="main"
      icon="power"
      run={() => api.resources.restart.mutate({ id: props.resource.id })}
      onDone={done}
      onClose={props.onClose}
    />
  );
}
