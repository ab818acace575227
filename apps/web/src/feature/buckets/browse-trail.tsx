import { useSearchParams } from "@solidjs/router";
import { For, Show } from "solid-js";
import { useText } from "../../platform/text.tsx";
import { Icon } from "../../ui/icon.tsx";
import type { Place } from "./queries.ts";

/** `Buckets › uploads › clientes › ana`: each part goes back to it. */
export function BrowseTrail(props: { place: Place }) {
  const t = useText();
  const [, setSearch] = useSearchParams();
  const parts = () => {
    const names = props.place.prefix.split("/").filter(Boolean);
    return [
      { label: t("browse.root"), bucket: undefined, prefix: undefined },
      { label: props.place.bucket, bucket: props.place.bucket, prefix: undefined },
      ...names.map((label, position) => ({
        label,
        bucket: props.place.bucket,
        prefix: `${names.slice(0, position + 1).join("/")}/`,
      })),
    ];
  };
  const isHere = (position: number) => position === parts().length - 1;
  return (
    <nav aria-label={t("browse.trail")}>
      <ol class="flex flex-wrap items-center gap-x-1 gap-y-1">
        <For each={parts()}>
          {(part, position) => (
            <li class="flex min-w-0 items-center gap-1">
              <Show when={position() > 0}>
                <Icon name="chevronRight" class="size-3.5 text-muted" />
              </Show>
              <Show
                when={!isHere(position())}
                fallback={
                  <span class="truncate font-medium" aria-current="page">
                    {part.label}
                  </span>
                }
              >
                <button
                  type="button"
                  class="truncate text-muted underline-offset-2 hover:text-base-content hover:underline"
                  onClick={() => setSearch({ bucket: part.bucket, prefix: part.prefix, search: undefined })}
                >
                  {part.label}
                </button>
              </Show>
            </li>
          )}
        </For>
      </ol>
    </nav>
  );
}
