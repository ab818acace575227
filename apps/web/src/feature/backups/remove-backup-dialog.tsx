import { useMutation, useQueryClient } from "@tanstack/solid-query";
import { Show } from "solid-js";
import { useApi } from "../../platform/api.tsx";
import { useFormat } from "../../platform/format.ts";
import { useText } from "../../platform/text.tsx";
import { Button } from "../../ui/button.tsx";
import { Dialog, DialogActs, DialogBody } from "../../ui/dialog.tsx";
import { CaughtFault } from "../../ui/fault-card.tsx";
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
  let safe: HTMLButtonElement | undefined;
  const remove = useMutation(() => ({
    mutationFn: () => api.backups.remove.mutate({ resourceId: props.backup.resourceId, id: props.backup.id }),
    onSuccess: async () => {
      toast(t("removeBackup.started"));
      props.onClose();
      await queries.invalidateQueries({ queryKey: ["backups", props.backup.resourceId] });
    },
  }));
  const about = () =>
    t("removeBackup.about", {
      unit: unitName(props.backup),
      when: format.day(props.backup.createdAt),
      size: format.bytes(props.backup.size ?? 0),
    });
  return (
    <Dialog title={t("removeBackup.title")} focusFirst={() => safe} onClose={props.onClose}>
      <DialogBody>
        <p>{about()}</p>
        <Show when={props.isLast && props.backup.status === "completed"}>
          <p class="flex gap-2 font-medium">
            <Icon name="alert" class="mt-0.5 text-warning" />
            {t("removeBackup.last")}
          </p>
        </Show>
        <CaughtFault attempted={t("removeBackup.title")} error={remove.error} />
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
        <Button look="danger" icon="trash" busy={remove.isPending} onClick={() => remove.mutate()}>
          {t("removeBackup.act", unitName(props.backup))}
        </Button>
      </DialogActs>
    </Dialog>
  );
}
