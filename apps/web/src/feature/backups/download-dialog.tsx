import { useMutation } from "@tanstack/solid-query";
import { createSignal } from "solid-js";
import { useApi } from "../../platform/api.tsx";
import { useText } from "../../platform/text.tsx";
import { Button } from "../../ui/button.tsx";
import { Dialog, DialogActs, DialogBody } from "../../ui/dialog.tsx";
import { CaughtFault } from "../../ui/fault-card.tsx";
import { RadioField } from "../../ui/field.tsx";
import type { Backup } from "./queries.ts";
import { saveFrom } from "./save-from.ts";

/** Whether an archive is encrypted as it rests. */
export function isEncrypted({ stages }: Pick<Backup, "stages">): boolean {
  return stages.includes("openpgp");
}

/** An encrypted archive leaves as it is, unless somebody says otherwise. */
export function DownloadDialog(props: { backup: Backup; onClose: () => void }) {
  const api = useApi();
  const t = useText();
  const [how, setHow] = createSignal<"stored" | "plain">("stored");
  const download = useMutation(() => ({
    mutationFn: () =>
      api.backups.downloadLink.mutate({ resourceId: props.backup.resourceId, id: props.backup.id }),
    onSuccess: ({ url }) => {
      saveFrom(how() === "plain" ? `${url}${url.includes("?") ? "&" : "?"}decrypt=true` : url);
      props.onClose();
    },
  }));
  return (
    <Dialog title={t("decrypt.title")} onClose={props.onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          download.mutate();
        }}
      >
        <DialogBody>
          <RadioField
            legend={t("decrypt.how")}
            value={how()}
            onValue={(value) => setHow(value === "plain" ? "plain" : "stored")}
            options={[
              { value: "stored", label: t("decrypt.stored"), help: t("decrypt.storedHelp") },
              { value: "plain", label: t("decrypt.plain"), help: t("decrypt.plainHelp") },
            ]}
          />
          <CaughtFault attempted={t("download.title")} error={download.error} />
        </DialogBody>
        <DialogActs>
          <Button onClick={() => props.onClose()}>{t("acts.cancel")}</Button>
          <Button type="submit" look="main" icon="download" busy={download.isPending}>
            {t("decrypt.act")}
          </Button>
        </DialogActs>
      </form>
    </Dialog>
  );
}
