import { type JSX, Show } from "solid-js";
import { Icon, type IconName } from "./icon.tsx";

/** Nothing here yet, and the one next step. */
export function EmptyState(props: {
  icon: IconName;
  title: string;
  children?: JSX.Element;
  act?: JSX.Element;
}) {
  return (
    <div class="panel flex flex-col items-center gap-2 px-6 py-12 text-center">
      <span class="mb-1 grid size-10 place-items-center rounded-full bg-sunken text-muted">
        <Icon name={props.icon} />
      </span>
      <h3 class="font-medium">{props.title}</h3>
      <Show when={props.children}>{(text) => <p class="max-w-md text-pretty text-muted">{text()}</p>}</Show>
      <Show when={props.act}>
        {(act) => <div class="mt-2 flex flex-wrap justify-center gap-2">{act()}</div>}
      </Show>
    </div>
  );
}
