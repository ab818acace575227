import { useQueryClient } from "@tanstack/solid-query";
import { useApi } from "../../platform/api.tsx";
import { useText } from "../../platform/text.tsx";
import { ConfirmDialog } from "../../ui/confirm-dialog.tsx";
import { toast } from "../../ui/toast.tsx";
import type { Server } from "./queries.ts";

export function RemoveServerDialog(props: { server: Server; onClose: () => void }) {
  const api = useApi();
  const t = useText();
  const queries = useQueryClient();
  const done = () => {
    toast(t("servers.removed", props.server.name));
    void queries.invalidateQueries({ queryKey: ["servers"] });
  };
  return (
    <ConfirmDialog
      title={t("servers.removeTitle", props.server.name)}
      about={t("servers.removeAbout", props.server.name)}
      act={t("servers.removeAct", props.server.name)}
      run={() => api.servers.remove.mutate({ id: props.server.id })}
      onDone={done}
      onClose={props.onClose}
    />
  );
}
