import { useQuery } from "@tanstack/solid-query";
import { Match, Show, Switch } from "solid-js";
import { readBeginning } from "../../platform/bytes.ts";
import { useFormat } from "../../platform/format.ts";
import { useText } from "../../platform/text.tsx";
import { Button } from "../../ui/button.tsx";
import { Dialog, DialogActs, DialogBody } from "../../ui/dialog.tsx";
import { CaughtFault } from "../../ui/fault-card.tsx";
import { ListSkeleton } from "../../ui/skeleton.tsx";
import { saveFrom } from "../backups/save-from.ts";
import { objectAddress } from "./object-address.ts";
import { isShownAsPdf, PdfPreview } from "./pdf-preview.tsx";
import type { BrowsedObject, Place } from "./queries.ts";

const TEXT_BYTES = 64 * 1024;
/** Drawn by the browser as a picture alone; SVG can hold scripts, so it is read as text. */
const PICTURES = /^image\/(png|jpeg|gif|webp|avif)\b/;
/** What may be text: a name without a known ending often is, and its bytes tell. */
const TEXTS = /^(text\/|application\/(json|xml|yaml|x-sh|javascript|sql|toml|octet-stream)|image\/svg)/;
const NUL = "\0";

/** Pictures as pictures, PDFs in the browser's viewer, text as text: nothing of what is in a bucket is ever run by this page. */
export function ObjectPreview(props: { place: Place; object: BrowsedObject; onClose: () => void }) {
  const t = useText();
  const format = useFormat();
  const address = () => objectAddress(props.place, props.object.key);
  return (
    <Dialog
      title={props.object.name}
      description={`${format.bytes(props.object.size)} · ${format.day(props.object.modified)}`}
      width={800}
      onClose={props.onClose}
    >
      <DialogBody>
        <Switch fallback={<p class="text-muted">{t("browse.previewNot")}</p>}>
          <Match when={PICTURES.test(props.object.type)}>
            <img
              src={address()}
              alt={props.object.name}
              class="mx-auto max-h-[60vh] max-w-full rounded-lg border border-line bg-sunken object-contain"
            />
          </Match>
          <Match when={isShownAsPdf(props.object)}>
            <PdfPreview address={address()} name={props.object.name} />
          </Match>
          <Match when={TEXTS.test(props.object.type)}>
            <TextPreview address={address()} size={props.object.size} />
          </Match>
        </Switch>
      </DialogBody>
      <DialogActs>
        <Button onClick={() => props.onClose()}>{t("acts.close")}</Button>
        <Button look="main" icon="download" onClick={() => saveFrom(address())}>
          {t("browse.download")}
        </Button>
      </DialogActs>
    </Dialog>
  );
}

function TextPreview(props: { address: string; size: number }) {
  const t = useText();
  const format = useFormat();
  const text = useQuery(() => ({
    queryKey: ["object-text", props.address],
    queryFn: ({ signal }: { signal: AbortSignal }) => readBeginning(props.address, TEXT_BYTES, signal),
    gcTime: 0,
    retry: false,
  }));
  const isText = () => text.isSuccess && !text.data.includes(NUL);
  return (
    <>
      <CaughtFault attempted={t("browse.previewRefused")} error={text.error} />
      <Show when={!text.isPending} fallback={<ListSkeleton rows={3} />}>
        <Show
          when={isText()}
          fallback={
            <Show when={!text.isError}>
              <p class="text-muted">{t("browse.previewNot")}</p>
            </Show>
          }
        >
          <pre
            class="max-h-[60vh] overflow-auto rounded-lg border border-line bg-sunken p-3 text-xs/5 whitespace-pre-wrap"
            tabindex="0"
          >
            {text.data}
          </pre>
          <Show when={props.size > TEXT_BYTES}>
            <p class="text-[13px]/5 text-muted">{t("browse.previewPart", format.bytes(TEXT_BYTES))}</p>
          </Show>
        </Show>
      </Show>
    </>
  );
}
