import { createSignal, onCleanup } from "solid-js";
import { useText } from "../platform/text.tsx";
import { Icon } from "./icon.tsx";

/** Copies and says so where it was pressed. Without permission to the clipboard it selects nothing and says that. */
export function CopyButton(props: {
  text: string | (() => string);
  label: string;
  withWord?: boolean;
  small?: boolean;
}) {
  const t = useText();
  const [state, setState] = createSignal<"idle" | "copied" | "refused">("idle");
  let timer: ReturnType<typeof setTimeout> | undefined;
  onCleanup(() => clearTimeout(timer));
  const copy = async () => {
    const text = typeof props.text === "function" ? props.text() : props.text;
    const done = await navigator.clipboard?.writeText(text).then(
      () => true,
      () => false,
    );
    setState(done ? "copied" : "refused");
    clearTimeout(timer);
    timer = setTimeout(() => setState("idle"), 2_000);
  };
  const said = () => {
    if (state() === "copied") return t("acts.copied");
    return state() === "refused" ? t("acts.copyRefused") : props.label;
  };
  return (
    <button
      type="button"
      class={`btn btn-quiet ${props.withWord ? "" : "btn-square"} ${props.small ? "-my-1 size-7!" : ""}`}
      aria-label={said()}
      title={said()}
      onClick={() => void copy()}
    >
      <Icon name={state() === "copied" ? "check" : "copy"} />
      {props.withWord ? <span aria-live="polite">{said()}</span> : null}
    </button>
  );
}
