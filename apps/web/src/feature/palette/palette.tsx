import { useNavigate } from "@solidjs/router";
import { createEffect, createMemo, createSignal, For, on, Show } from "solid-js";
import { useText } from "../../platform/text.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Icon } from "../../ui/icon.tsx";
import { type Find, matching, useFinds } from "./finds.ts";

const MOST = 12;

/** ⌘K: resources, backups and acts, by a few letters. */
export function Palette(props: { onClose: () => void }) {
  const t = useText();
  const go = useNavigate();
  const finds = useFinds();
  const [typed, setTyped] = createSignal("");
  const [at, setAt] = createSignal(0);
  const shown = createMemo(() => matching(finds(), typed()).slice(0, MOST));
  const open = (find: Find | undefined) => {
    if (find === undefined) return;
    props.onClose();
    go(find.href);
  };
  const press = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      setAt((at() + step + shown().length) % Math.max(1, shown().length));
    }
    if (event.key === "Enter") {
      event.preventDefault();
      open(shown()[at()]);
    }
  };
  // Scrolling the chosen line into view is the element's own affair, not a value.
  createEffect(
    on(at, (position) => document.getElementById(`find-${position}`)?.scrollIntoView({ block: "nearest" })),
  );
  return (
    <Dialog title={t("palette.title")} width={560} onClose={props.onClose}>
      <div class="p-3">
        <input
          class="input"
          role="combobox"
          aria-label={t("palette.placeholder")}
          aria-expanded="true"
          aria-controls="finds"
          aria-activedescendant={shown().length > 0 ? `find-${at()}` : undefined}
          autocomplete="off"
          placeholder={t("palette.placeholder")}
          value={typed()}
          onInput={(event) => {
            setTyped(event.currentTarget.value);
            setAt(0);
          }}
          onKeyDown={press}
        />
        <div
          id="finds"
          role="listbox"
          aria-label={t("palette.results")}
          class="mt-2 max-h-[46vh] overflow-y-auto"
        >
          <For
            each={shown()}
            fallback={<p class="px-2 py-4 text-center text-muted">{t("palette.nothing")}</p>}
          >
            {(find, position) => (
              <>
                <Show when={shown()[position() - 1]?.group !== find.group}>
                  <p class="px-2 pt-2 pb-1 text-xs text-muted" role="presentation">
                    {t(`palette.${find.group}`)}
                  </p>
                </Show>
                <Line
                  find={find}
                  id={`find-${position()}`}
                  isChosen={at() === position()}
                  onOpen={() => open(find)}
                />
              </>
            )}
          </For>
        </div>
        <p class="mt-2 border-t border-line px-2 pt-2 text-xs text-muted max-sm:hidden">
          {t("palette.hint")}
        </p>
      </div>
    </Dialog>
  );
}

function Line(props: { find: Find; id: string; isChosen: boolean; onOpen: () => void }) {
  return (
    // The input keeps the focus and says which line is chosen; Enter there is this click.
    // biome-ignore lint/a11y/useKeyWithClickEvents: the combobox holds the keyboard
    // biome-ignore lint/a11y/useFocusableInteractive: aria-activedescendant points here
    <div
      id={props.id}
      role="option"
      aria-selected={props.isChosen}
      class="menu-line aria-selected:bg-(--hover)"
      onClick={() => props.onOpen()}
    >
      <Icon name={props.find.icon} class="text-muted" />
      <span class="min-w-0 flex-1 truncate">{props.find.label}</span>
      <span class="text-[13px]/5 whitespace-nowrap text-muted">{props.find.aside}</span>
    </div>
  );
}
