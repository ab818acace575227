import { useSearchParams } from "@solidjs/router";
import { Show } from "solid-js";
import { useFormat } from "../../platform/format.ts";
import { useText } from "../../platform/text.tsx";
import { Icon } from "../../ui/icon.tsx";
import { Menu, MenuItem, MenuLine } from "../../ui/menu.tsx";
import { When } from "../../ui/when.tsx";
import { saveFrom } from "../backups/save-from.ts";
import { useMay } from "../session/me.tsx";
import { objectAddress } from "./object-address.ts";
import type { BrowsedObject, Place } from "./queries.ts";

export type ObjectAct = "preview" | "remove";

const LINK = "flex max-w-full items-center gap-2 text-left underline-offset-2 hover:underline";

export function FolderRow(props: { name: string; prefix: string }) {
  const t = useText();
  const label = () => props.name.replace(/\/$/, "");
  const [, setSearch] = useSearchParams();
  return (
    <tr class="grid-row min-h-11!" data-row tabindex="-1">
      <td class="min-w-0 sm:col-span-4 max-sm:basis-full">
        <button
          type="button"
          data-opens
          class={`${LINK} font-medium`}
          aria-label={t("browse.folder", label())}
          onClick={() => setSearch({ prefix: props.prefix, search: undefined })}
        >
          <Icon name="folder" class="text-muted" />
          <span class="truncate">{label()}</span>
        </button>
      </td>
    </tr>
  );
}

export function ObjectRow(props: { place: Place; object: BrowsedObject; onAct: (act: ObjectAct) => void }) {
  const t = useText();
  const may = useMay();
  const format = useFormat();
  return (
    <tr class="grid-row min-h-11!" data-row tabindex="-1">
      <td class="min-w-0 max-sm:basis-full">
        <button
          type="button"
          data-opens
          class={LINK}
          aria-label={t("browse.previewOf", props.object.name)}
          disabled={!may("operator")}
          onClick={() => props.onAct("preview")}
        >
          <Icon name="file" class="text-muted" />
          <span class="truncate" title={props.object.key}>
            {props.object.name}
          </span>
        </button>
      </td>
      <td class="is-number whitespace-nowrap">{format.bytes(props.object.size)}</td>
      <td class="whitespace-nowrap text-muted">
        <When at={props.object.modified} />
      </td>
      <td class="max-sm:ml-auto">
        <Show when={may("operator")}>
          <Menu label={t("acts.moreOf", props.object.name)}>
            <MenuItem icon="search" onSelect={() => props.onAct("preview")}>
              {t("browse.preview")}
            </MenuItem>
            <MenuItem icon="download" onSelect={() => saveFrom(objectAddress(props.place, props.object.key))}>
              {t("browse.download")}
            </MenuItem>
            <MenuLine />
            <MenuItem icon="trash" danger onSelect={() => props.onAct("remove")}>
              {t("browse.remove")}
            </MenuItem>
          </Menu>
        </Show>
      </td>
    </tr>
  );
}
