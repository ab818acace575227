import { useMutation } from "@tanstack/solid-query";
import { onMount, Show } from "solid-js";
import { useApi } from "../../platform/api.tsx";
import { useFormat } from "../../platform/format.ts";
import { useText } from "../../platform/text.tsx";
import { Button } from "../../ui/button.tsx";
import { CopyBox } from "../../ui/copy-box.tsx";
import { Dialog, DialogActs, DialogBody } from "../../ui/dialog.tsx";
import { CaughtFault } from "../../ui/fault-card.tsx";
import { Icon } from "../../ui/icon.tsx";
import { toast } from "../../ui/toast.tsx";
import type { Backup } from "./queries.ts";

/** A link for a terminal or a colleague: one hour, no password, revocable. */
export function DownloadLinkDialog(props: { backup: Backup; onClose: () => void }) {
  const api = useApi();
  const t = useText();
  const format = useFormat();
  const of = () => ({ resourceId: props.backup.resourceId, id: props.backup.id });
  const link = useMutation(() => ({ mutationFn: () => api.backups.downloadLink.mutate(of()) }));
  const revoke = useMutation(() => ({
    mutationFn: (linkId: string) => api.backups.revokeLinks.mutate({ ...of(), linkId }),
    onSuccess: () => {
      toast(t("download.revoked"));
      props.onClose();
    },
  }));
  onMount(() => link.mutate());
  const address = (url: string) => new URL(url, location.origin).href;
  const command = (url: string) =>
    `curl -fL -C - -o '${props.backup.filename ?? "backup"}' '${address(url)}'`;
  return (
    <Dialog title={t("download.link")} width={560} onClose={props.onClose}>
      <DialogBody>
        <CaughtFault
          attempted={t("download.title")}
          error={link.error ?? revoke.error}
          onRetry={() => link.mutate()}
        />
        <Show
          when={link.data}
          fallback={
            <Show when={link.isPending}>
              <div class="h-32" />
            </Show>
          }
        >
          {(made) => (
            <>
              <p class="text-muted">{t("download.linkHelp", format.day(made().expiresAt))}</p>
              <CopyBox label={t("download.link")} text={address(made().url)} copy={t("download.copy")} />
              <CopyBox
                label={t("download.command")}
                text={command(made().url)}
                copy={t("download.copyCommand")}
              />
            </>
          )}
        </Show>
      </DialogBody>
      <DialogActs>
        <Show when={link.data}>
          {(made) => (
            <>
              <Button busy={revoke.isPending} onClick={() => revoke.mutate(made().id)}>
                {t("download.revoke")}
              </Button>
              <a href={made().url} download="" class="btn btn-primary">
                <Icon name="download" />
                {t("download.now")}
              </a>
            </>
          )}
        </Show>
      </DialogActs>
    </Dialog>
  );
}
