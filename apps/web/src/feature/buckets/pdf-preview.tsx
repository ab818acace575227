import { useQuery } from "@tanstack/solid-query";
import { createMemo, onCleanup, Show } from "solid-js";
import { readWhole } from "../../platform/bytes.ts";
import { useText } from "../../platform/text.tsx";
import { CaughtFault } from "../../ui/fault-card.tsx";
import { ListSkeleton } from "../../ui/skeleton.tsx";

const MAGIC = "%PDF-";
const PDF_BYTES = 32 * 1024 * 1024;

/** Whether the browser has a viewer, and the file fits into its memory. */
export function isShownAsPdf({ type, size }: { readonly type: string; readonly size: number }): boolean {
  return type.startsWith("application/pdf") && size <= PDF_BYTES && navigator.pdfViewerEnabled;
}

/**
 * Drawn by the browser's own viewer, which runs a PDF's scripts in a world of its own, without this page's address, cookies or network.
 * What only calls itself a PDF gets no frame: the bytes begin as one, and the frame is told that they are nothing else.
 */
export function PdfPreview(props: { address: string; name: string }) {
  const t = useText();
  const bytes = useQuery(() => ({
    queryKey: ["object-pdf", props.address],
    queryFn: ({ signal }: { signal: AbortSignal }) => readWhole(props.address, signal),
    gcTime: 0,
    retry: false,
    reconcile: false as const,
  }));
  const shown = createMemo(() => {
    if (!bytes.isSuccess || !isPdf(bytes.data)) return undefined;
    const url = URL.createObjectURL(new Blob([bytes.data], { type: "application/pdf" }));
    onCleanup(() => URL.revokeObjectURL(url));
    return url;
  });
  return (
    <>
      <CaughtFault attempted={t("browse.previewRefused")} error={bytes.error} />
      <Show when={!bytes.isPending} fallback={<ListSkeleton rows={3} />}>
        <Show
          when={shown()}
          fallback={
            <Show when={!bytes.isError}>
              <p class="text-muted">{t("browse.previewNot")}</p>
            </Show>
          }
        >
          {(url) => (
            <iframe
              src={url()}
              title={props.name}
              class="h-[60vh] w-full rounded-lg border border-line bg-sunken"
            />
          )}
        </Show>
      </Show>
    </>
  );
}

function isPdf(bytes: Uint8Array): boolean {
  return new TextDecoder().decode(bytes.subarray(0, MAGIC.length)) === MAGIC;
}
