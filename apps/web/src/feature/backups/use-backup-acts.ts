import type { PanelApi } from "@cofre/sdk/panel";
import { useMutation, useQueryClient } from "@tanstack/solid-query";
import { createSignal } from "solid-js";
import { useApi } from "../../platform/api.tsx";
import { useText } from "../../platform/text.tsx";
import { toast } from "../../ui/toast.tsx";
import type { BackupAct } from "./backup-acts.tsx";
import { isEncrypted } from "./download-dialog.tsx";
import type { Backup } from "./queries.ts";
import { saveFrom } from "./save-from.ts";

interface Asked {
  readonly act: BackupAct;
  readonly backup: Backup;
}

/** The acts that ask nothing: download, validate, pin. A failure is kept until the next one. */
export function useBackupActs() {
  const api = useApi();
  const t = useText();
  const queries = useQueryClient();
  const [last, setLast] = createSignal<Asked>();
  const run = useMutation(() => ({
    mutationFn: (asked: Asked) => runAct(api, asked),
    onSuccess: (_, { act }) => {
      if (act === "validate") toast(t("backups.validating"));
    },
    onSettled: (_, __, { backup }) => queries.invalidateQueries({ queryKey: ["backups", backup.resourceId] }),
  }));
  const start = (asked: Asked) => {
    setLast(asked);
    run.mutate(asked);
  };
  return {
    /** False when the act needs a dialog first. */
    runAtOnce(act: BackupAct, backup: Backup): boolean {
      if (act !== "download" && act !== "validate" && act !== "pin") return false;
      if (act === "download" && isEncrypted(backup)) return false;
      start({ act, backup });
      return true;
    },
    busyWith: (backup: Backup) =>
      run.isPending && last()?.backup.id === backup.id ? last()?.act : undefined,
    error: () => run.error,
    attempted: () => {
      const act = last()?.act;
      return act === "download" || act === "validate" || act === "pin" ? t(`backups.${act}`) : "";
    },
    retry: () => {
      const again = last();
      if (again !== undefined) start(again);
    },
  };
}

async function runAct(api: PanelApi, { act, backup }: Asked): Promise<void> {
  const of = { resourceId: backup.resourceId, id: backup.id };
  if (act === "download") return saveFrom((await api.backups.downloadLink.mutate(of)).url);
  if (act === "validate") await api.backups.validate.mutate({ ...of, depth: "readable" });
  if (act === "pin") await api.backups.change.mutate({ ...of, pinned: !backup.pinned });
}
