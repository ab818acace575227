import { A } from "@solidjs/router";
import { type JSX, Show, splitProps } from "solid-js";
import { Icon, type IconName } from "./icon.tsx";

type Look = "main" | "plain" | "quiet" | "danger";

const LOOKS: Readonly<Record<Look, string>> = {
  main: "btn-primary",
  plain: "btn-plain",
  quiet: "btn-quiet",
  danger: "btn-error",
};

interface ButtonLooks {
  look?: Look;
  icon?: IconName;
}

/** `busy` keeps the button's width and says so; it stays focusable, so focus is never lost to a disabled control. */
export function Button(
  props: ButtonLooks & { busy?: boolean } & JSX.ButtonHTMLAttributes<HTMLButtonElement>,
) {
  const [own, rest] = splitProps(props, ["look", "icon", "busy", "class", "children", "onClick"]);
  const press: JSX.EventHandler<HTMLButtonElement, MouseEvent> = (event) => {
    if (own.busy) return event.preventDefault();
    if (typeof own.onClick === "function") own.onClick(event);
  };
  return (
    <button
      type="button"
      {...rest}
      class={`btn ${LOOKS[own.look ?? "plain"]} ${own.class ?? ""}`}
      aria-busy={own.busy ? "true" : undefined}
      onClick={press}
    >
      <Show when={own.busy ? "refresh" : own.icon}>
        {(name) => <Icon name={name()} class={own.busy ? "spin" : ""} />}
      </Show>
      {own.children}
    </button>
  );
}

/** A button that holds an icon alone: its label is its name and its tooltip. */
export function IconButton(
  props: { icon: IconName; label: string; look?: Look } & JSX.ButtonHTMLAttributes<HTMLButtonElement>,
) {
  const [own, rest] = splitProps(props, ["icon", "label", "look", "class"]);
  return (
    <button
      type="button"
      {...rest}
      class={`btn btn-square ${LOOKS[own.look ?? "quiet"]} ${own.class ?? ""}`}
      aria-label={own.label}
      title={own.label}
    >
      <Icon name={own.icon} />
    </button>
  );
}

/** Looks like a button, goes somewhere: it can be opened in another tab. */
export function ButtonLink(
  props: ButtonLooks & {
    href: string;
    class?: string;
    label?: string;
    /** Before it goes: what is in front of the page is closed. */
    onGo?: (() => void) | undefined;
    children: JSX.Element;
  },
) {
  return (
    <A
      href={props.href}
      class={`btn ${LOOKS[props.look ?? "plain"]} ${props.class ?? ""}`}
      aria-label={props.label}
      onClick={() => props.onGo?.()}
    >
      <Show when={props.icon}>{(name) => <Icon name={name()} />}</Show>
      {props.children}
    </A>
  );
}
