import { Dialog as Kobalte } from "@kobalte/core/dialog";
import { type JSX, onCleanup, Show } from "solid-js";
import { useText } from "../platform/text.tsx";
import { Icon } from "./icon.tsx";

const FIELDS = "form input, form select, form textarea, [role=combobox]";

interface DialogProps {
  title: string;
  description?: JSX.Element;
  /** Opened by its mount, closed by this: a dialog lives only while it is open. */
  onClose: () => void;
  /** What gets the focus when it opens: the safe choice. The first field otherwise. */
  focusFirst?: () => HTMLElement | undefined;
  width?: number;
  children: JSX.Element;
}

/** One question in front of everything else. Esc closes it and gives the focus back to what opened it. */
export function Dialog(props: DialogProps) {
  const t = useText();
  let content: HTMLElement | undefined;
  const opener = openerNow();
  // After Kobalte's own last word: it knows only triggers, and these dialogs have none.
  onCleanup(() => setTimeout(() => stillThere(opener)?.focus()));
  const openWithFocus = (event: Event) => {
    const first = props.focusFirst?.() ?? content?.querySelector<HTMLElement>(FIELDS);
    if (!first) return;
    event.preventDefault();
    first.focus();
  };
  return (
    <Kobalte open onOpenChange={(open) => !open && props.onClose()}>
      <Kobalte.Portal>
        <Kobalte.Overlay class="overlay" />
        <div class="dialog-place">
          <Kobalte.Content
            class="dialog"
            ref={(element: HTMLElement) => {
              content = element;
              keepFocus(element);
            }}
            style={{ "--dialog-width": `${props.width ?? 480}px` }}
            onOpenAutoFocus={openWithFocus}
          >
            <header class="flex items-start gap-4 px-5 pt-4">
              <div class="min-w-0 flex-1">
                <Kobalte.Title class="text-base/6 font-semibold">{props.title}</Kobalte.Title>
                <Show when={props.description}>
                  {(text) => <Kobalte.Description class="mt-1 text-muted">{text()}</Kobalte.Description>}
                </Show>
              </div>
              <Kobalte.CloseButton class="btn btn-square btn-quiet -mt-1 -mr-2" aria-label={t("acts.close")}>
                <Icon name="close" />
              </Kobalte.CloseButton>
            </header>
            {props.children}
          </Kobalte.Content>
        </div>
      </Kobalte.Portal>
    </Kobalte>
  );
}

/** A focused control that goes away would leave the focus to the page, where Esc closes nothing. */
function keepFocus(content: HTMLElement): void {
  const observer = new MutationObserver(() => {
    if (document.activeElement === document.body) content.focus({ preventScroll: true });
  });
  observer.observe(content, { childList: true, subtree: true });
  onCleanup(() => observer.disconnect());
}

/** What has the focus now; for a line of a menu, which goes away, the button that opened the menu. */
function openerNow(): HTMLElement | undefined {
  const focused = document.activeElement;
  if (!(focused instanceof HTMLElement)) return undefined;
  const trigger = focused.closest("[role=menu]")?.getAttribute("aria-labelledby");
  return trigger ? (document.getElementById(trigger) ?? focused) : focused;
}

/** A list that was read anew has the same button again, as another element. */
function stillThere(opener: HTMLElement | undefined): HTMLElement | undefined {
  if (opener === undefined || opener.isConnected) return opener;
  const name = opener.getAttribute("aria-label");
  return name === null
    ? undefined
    : (document.querySelector<HTMLElement>(`[aria-label="${CSS.escape(name)}"]`) ?? undefined);
}

/** What is said and asked. */
export function DialogBody(props: { children: JSX.Element }) {
  return <div class="flex flex-col gap-4 px-5 py-4">{props.children}</div>;
}

/** The ways out, the safe one first. */
export function DialogActs(props: { children: JSX.Element }) {
  return (
    <footer class="flex flex-wrap justify-end gap-2 border-t border-line px-5 py-3 max-sm:flex-col-reverse max-sm:[&>.btn]:w-full">
      {props.children}
    </footer>
  );
}
