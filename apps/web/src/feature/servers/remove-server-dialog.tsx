import { panelFault } from "@cofre/sdk/panel";
import { useQueryClient } from "@tanstack/solid-query";
import { createSignal } from "solid-js";
import { useApi } from "../../platform/api.tsx";
import { useFormat } from "../../platform/format.ts";
import { useText } from "../../platform/text.tsx";
import { ConfirmDialog } from "../../ui/confirm-dialog.tsx";
import { toast } from "../../ui/toast.tsx";
import type { Server } from "./queries.ts";

interface Stays {
  /** Names of resources that were added by hand and have backups. */
  readonly resources: string;
  /** How many backups of other servers rest there. */
  readonly backups: number;
}

/** What somebody added by hand and backed up stays listed; it is named before the server goes. */
export function RemoveServerDialog(props: { server: Server; onClose: () => void }) {
  const api = useApi();
  const t = useText();
  const format = useFormat();
  const queries = useQueryClient();
  const [stays, setStays] = createSignal<Stays>();
  const remove = async () => {
    const keep = stays() === undefined ? {} : { resources: "keep" as const };
    const removed = await api.servers.remove.mutate({ id: props.server.id, ...keep }).catch((error) => {
      setStays(staysIn(error));
      throw error;
    });
    const names = removed?.kept.map(({ name }) => name) ?? [];
    toast(t("servers.removed", { server: props.server.name, kept: format.list(names) }));
  };
  const done = () => {
    void queries.invalidateQueries({ queryKey: ["servers"] });
    void queries.invalidateQueries({ queryKey: ["resources"] });
  };
  return (
    <ConfirmDialog
      title={t("servers.removeTitle", props.server.name)}
      about={t("servers.removeAbout", props.server.name)}
      act={t(stays() === undefined ? "servers.removeAct" : "servers.removeKeeping", props.server.name)}
      run={remove}
      asksAbout={(error) => {
        const kept = staysIn(error);
        return kept === undefined ? undefined : t("servers.stays", kept);
      }}
      onDone={done}
      onClose={props.onClose}
    />
  );
}

/** The API refuses until somebody was told what stays; its refusal has the names. */
function staysIn(error: unknown): Stays | undefined {
  const { code, context } = panelFault(error);
  if (code !== "state.conflict" || context.resources === undefined) return undefined;
  return { resources: String(context.resources), backups: Number(context.backups ?? 0) };
}
