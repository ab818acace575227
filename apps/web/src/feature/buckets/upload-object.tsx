import { useMutation, useQueryClient } from "@tanstack/solid-query";
import { createSignal, Show } from "solid-js";
import { sendBytes } from "../../platform/bytes.ts";
import { useFormat } from "../../platform/format.ts";
import { useText } from "../../platform/text.tsx";
import { Button } from "../../ui/button.tsx";
import { ConfirmDialog } from "../../ui/confirm-dialog.tsx";
import { CaughtFault } from "../../ui/fault-card.tsx";
import { toast } from "../../ui/toast.tsx";
import { objectAddress } from "./object-address.ts";
import type { Place } from "./queries.ts";

/** A file into the open folder; what is there already is replaced only after it was said. */
export function UploadObject(props: { place: Place; names: ReadonlySet<string> }) {
  const t = useText();
  const format = useFormat();
  const queries = useQueryClient();
  let input: HTMLInputElement | undefined;
  const [share, setShare] = createSignal(0);
  const [asking, setAsking] = createSignal<File>();
  const upload = useMutation(() => ({
    mutationFn: (file: File) => {
      setShare(0);
      return sendBytes(objectAddress(props.place, `${props.place.prefix}${file.name}`), {
        file,
        onProgress: setShare,
      });
    },
    onSuccess: async (_, file) => {
      toast(t("browse.uploaded", file.name));
      await queries.invalidateQueries({ queryKey: ["browse", props.place.resourceId] });
    },
  }));
  const choose = (file: File | undefined) => {
    if (file === undefined) return;
    if (props.names.has(file.name)) setAsking(file);
    else upload.mutate(file);
  };
  const where = () => `${props.place.bucket}/${props.place.prefix}`;
  return (
    <>
      <input
        ref={(element) => {
          input = element;
        }}
        type="file"
        class="sr-only"
        tabindex="-1"
        aria-label={t("browse.upload")}
        onChange={(event) => {
          choose(event.currentTarget.files?.[0]);
          event.currentTarget.value = "";
        }}
      />
      <Button icon="upload" busy={upload.isPending} onClick={() => input?.click()}>
        {t("browse.upload")}
      </Button>
      <Show when={upload.isPending ? upload.variables : undefined}>
        {(file) => (
          <p class="basis-full text-[13px]/5 text-muted" role="status">
            {t("browse.uploading", { name: file().name, share: format.percent(share()) })}
          </p>
        )}
      </Show>
      <Show when={upload.error}>
        <div class="basis-full">
          <CaughtFault
            attempted={t("browse.uploadRefused", upload.variables?.name ?? "")}
            error={upload.error}
          />
        </div>
      </Show>
      <Show when={asking()}>
        {(file) => (
          <ConfirmDialog
            title={t("browse.exists", file().name)}
            about={t("browse.existsAbout", { name: file().name, where: where() })}
            act={t("browse.exists", file().name)}
            run={async () => upload.mutate(file())}
            onClose={() => setAsking()}
          />
        )}
      </Show>
    </>
  );
}
