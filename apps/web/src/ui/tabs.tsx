import { A } from "@solidjs/router";
import { For } from "solid-js";

/** Tabs are addresses: each can be sent to a colleague. */
export function Tabs(props: {
  label: string;
  tabs: readonly { href: string; label: string; end?: boolean }[];
}) {
  return (
    <nav class="tabs-line" aria-label={props.label}>
      <For each={props.tabs}>
        {(tab) => (
          <A href={tab.href} end={tab.end ?? false}>
            {tab.label}
          </A>
        )}
      </For>
    </nav>
  );
}
