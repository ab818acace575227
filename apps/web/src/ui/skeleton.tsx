import { Index } from "solid-js";
import { useText } from "../platform/text.tsx";

/** A bar where a word will be. */
export function Bar(props: { width: string; class?: string }) {
  return <span class={`skeleton-bar ${props.class ?? ""}`} style={{ width: props.width }} />;
}

/** The shape of a list that has not arrived: mark, two lines, something at the end. */
export function ListSkeleton(props: { rows?: number; mark?: boolean }) {
  const t = useText();
  return (
    <div class="panel" role="status" aria-label={t("faces.loading")}>
      <Index each={Array.from({ length: props.rows ?? 3 })}>
        {(_, position) => (
          <div
            class={`flex min-h-14 items-center gap-3 px-4 py-3 ${position > 0 ? "border-t border-line" : ""}`}
          >
            {props.mark ? <span class="skeleton-bar size-8! rounded-md!" /> : null}
            <span class="flex flex-1 flex-col gap-2">
              <Bar width={`${34 - (position % 3) * 6}%`} />
              <Bar width={`${58 - (position % 2) * 14}%`} class="h-2.5!" />
            </span>
            <Bar width="72px" class="max-sm:hidden" />
          </div>
        )}
      </Index>
    </div>
  );
}
