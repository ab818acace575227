import { DropdownMenu } from "@kobalte/core/dropdown-menu";
import { type JSX, Show } from "solid-js";
import { Icon, type IconName } from "./icon.tsx";

/** What is behind `⋯`, or behind any other trigger. */
export function Menu(props: {
  label: string;
  icon?: IconName;
  trigger?: JSX.Element;
  children: JSX.Element;
  class?: string;
}) {
  return (
    <DropdownMenu gutter={4} placement="bottom-end" modal={false}>
      <DropdownMenu.Trigger
        class={props.class ?? "btn btn-square btn-quiet"}
        aria-label={props.label}
        title={props.label}
      >
        {props.trigger ?? <Icon name={props.icon ?? "more"} />}
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content class="menu-sheet">{props.children}</DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu>
  );
}

export function MenuItem(props: {
  icon?: IconName;
  danger?: boolean;
  disabled?: boolean;
  onSelect: () => void;
  children: JSX.Element;
}) {
  return (
    <DropdownMenu.Item
      class={`menu-line ${props.danger ? "text-error" : ""}`}
      disabled={props.disabled ?? false}
      onSelect={() => props.onSelect()}
    >
      <Show when={props.icon}>{(name) => <Icon name={name()} />}</Show>
      {props.children}
    </DropdownMenu.Item>
  );
}

/** One of several; the chosen one carries a tick and says so. */
export function MenuChoice(props: {
  value: string;
  onChoose: (value: string) => void;
  options: readonly { value: string; label: string }[];
  label: string;
}) {
  return (
    <DropdownMenu.RadioGroup value={props.value} onChange={props.onChoose} aria-label={props.label}>
      <MenuRadios options={props.options} />
    </DropdownMenu.RadioGroup>
  );
}

function MenuRadios(props: { options: readonly { value: string; label: string }[] }) {
  return (
    <>
      {props.options.map((option) => (
        <DropdownMenu.RadioItem class="menu-line" value={option.value}>
          <span class="inline-grid size-4 place-items-center">
            <DropdownMenu.ItemIndicator>
              <Icon name="check" />
            </DropdownMenu.ItemIndicator>
          </span>
          {option.label}
        </DropdownMenu.RadioItem>
      ))}
    </>
  );
}

export function MenuLine() {
  return <DropdownMenu.Separator class="my-1 border-t border-line" />;
}
