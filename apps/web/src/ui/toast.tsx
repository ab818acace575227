import { createSignal, For } from "solid-js";
import { useText } from "../platform/text.tsx";
import { IconButton } from "./button.tsx";
import { Icon } from "./icon.tsx";

interface Toast {
  readonly id: number;
  readonly text: string;
}

const SHOWN_MS = 6_000;
const [toasts, setToasts] = createSignal<readonly Toast[]>([]);
let nextId = 1;

/** A word about something that went well and is also visible elsewhere. Failures are cards, never toasts alone. */
export function toast(text: string): void {
  const id = nextId;
  nextId += 1;
  setToasts((shown) => [...shown.slice(-2), { id, text }]);
  setTimeout(() => dismiss(id), SHOWN_MS);
}

function dismiss(id: number): void {
  setToasts((shown) => shown.filter((other) => other.id !== id));
}

export function Toasts() {
  const t = useText();
  return (
    <div
      class="pointer-events-none fixed inset-x-4 bottom-4 z-80 flex flex-col items-center gap-2 max-sm:bottom-20"
      role="status"
      aria-live="polite"
    >
      <For each={toasts()}>
        {(shown) => (
          <div class="pointer-events-auto flex max-w-full items-center gap-2 rounded-lg bg-base-content py-1 pr-1 pl-3 text-base-100 shadow-lg">
            <Icon name="check" />
            <span class="min-w-0">{shown.text}</span>
            <IconButton
              icon="close"
              label={t("acts.dismiss")}
              class="text-base-100! hover:bg-base-100/10!"
              onClick={() => dismiss(shown.id)}
            />
          </div>
        )}
      </For>
    </div>
  );
}
