import { useQueryClient } from "@tanstack/solid-query";
import { Show } from "solid-js";
import { useApi } from "../../platform/api.tsx";
import { useFormat } from "../../platform/format.ts";
import { useText } from "../../platform/text.tsx";
import { ConfirmDialog } from "../../ui/confirm-dialog.tsx";
import { Icon } from "../../ui/icon.tsx";
import { toast } from "../../ui/toast.tsx";
import type { Backup } from "./queries.ts";
import { useUnitName } from "./unit-name.ts";

export function RemoveBackupDialog(props: { backup: Backup; isLast: boolean; onClose: () => void }) {
  const api = useApi();
  const t = useText();
  const format = useFormat();
  const queries = useQueryClient();
  const unitName = useUnitName();
  const about = () =>
    t("removeBackup.about", {
      unit: unitName(props.backup),
      when: format.day(props.backup.createdAt),
      size: format.bytes(props.backup.size ?? 0),
    });
  // Also one that failed has begun, and shows in the list.
  const remove = () =>
    api.backups.remove
      .mutate({ resourceId: props.backup.resourceId, id: props.backup.id })
      .finally(() => queries.invalidateQueries({ queryKey: ["backups", props.backup.resourceId] }));
  return (
    <ConfirmDialog
      title={t("removeBackup.title")}
      about={about()}
      act={t("removeBackup.act", unitName(props.backup))}
      icon="trash"
      run={remove}
      onDone={() => toast(t("removeBackup.started"))}
      onClose={props.onClose}
    >
      <Show when={props.isLast && props.backup.status === "completed"}>
        <p class="flex gap-2 font-medium">
          <Icon name="alert" class="mt-0.5 text-warning" />
          {t("removeBackup.last")}
        </p>
      </Show>
    </ConfirmDialog>
  );
}
