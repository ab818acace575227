import { useSearchParams } from "@solidjs/router";
import { createSignal, Show } from "solid-js";
import { useText } from "../../platform/text.tsx";
import { Button, IconButton } from "../../ui/button.tsx";
import { saveFrom } from "../backups/save-from.ts";
import { useMay } from "../session/me.tsx";
import { zipAddress } from "./object-address.ts";
import type { Place } from "./queries.ts";
import { UploadObject } from "./upload-object.tsx";

/** Search, upload, and everything here as one zip. */
export function ContentsBar(props: { place: Place; names: ReadonlySet<string> }) {
  const t = useText();
  const may = useMay();
  const [, setSearch] = useSearchParams();
  const [typed, setTyped] = createSignal(props.place.search);
  const clear = () => {
    setTyped("");
    setSearch({ search: undefined });
  };
  return (
    <div class="flex flex-wrap items-start gap-2">
      <search class="min-w-0 flex-1 max-sm:basis-full">
        <form
          class="flex items-center gap-1.5 sm:max-w-md"
          onSubmit={(event) => {
            event.preventDefault();
            setSearch({ search: typed().trim() || undefined });
          }}
        >
          <input
            type="search"
            class="input h-8! max-sm:h-10!"
            aria-label={t("browse.search")}
            placeholder={t("browse.search")}
            value={typed()}
            maxlength={200}
            onInput={(event) => setTyped(event.currentTarget.value)}
          />
          <IconButton type="submit" icon="search" look="plain" label={t("browse.searchAct")} />
          <Show when={props.place.search !== ""}>
            <IconButton icon="close" label={t("browse.clear")} onClick={clear} />
          </Show>
        </form>
      </search>
      <Show when={may("operator")}>
        <Button icon="download" onClick={() => saveFrom(zipAddress(props.place))}>
          {t("browse.zip")}
        </Button>
        <UploadObject place={props.place} names={props.names} />
      </Show>
    </div>
  );
}
