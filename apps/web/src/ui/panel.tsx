import { createEffect, type JSX, Show } from "solid-js";

/** A surface with a title and something to do about it. */
export function Panel(props: {
  title?: string;
  about?: JSX.Element;
  acts?: JSX.Element;
  tone?: "danger";
  children: JSX.Element;
}) {
  return (
    <section aria-label={props.title} class={`panel ${props.tone === "danger" ? "border-error/40!" : ""}`}>
      <Show when={props.title}>
        <header class="flex flex-wrap items-start gap-x-4 gap-y-2 border-b border-line px-5 py-3.5">
          <div class="min-w-0 flex-1 max-sm:basis-full">
            <h2>{props.title}</h2>
            <Show when={props.about}>{(about) => <p class="text-[13px]/5 text-muted">{about()}</p>}</Show>
          </div>
          {props.acts}
        </header>
      </Show>
      {props.children}
    </section>
  );
}

/** A page's first line: what this is, what is to be known about it, what can be done. */
export function PageHead(props: {
  title: string;
  about?: JSX.Element;
  acts?: JSX.Element;
  mark?: JSX.Element;
}) {
  createEffect(() => {
    document.title = `${props.title} · Cofre`;
  });
  return (
    <header class="flex flex-wrap items-start gap-x-4 gap-y-3">
      <div class="flex min-w-0 flex-1 items-start gap-3 max-sm:basis-full">
        {props.mark}
        <div class="min-w-0">
          <h1 tabindex="-1">{props.title}</h1>
          <Show when={props.about}>{(about) => <div class="text-muted">{about()}</div>}</Show>
        </div>
      </div>
      {/* Read once: a second reading of an element that is given makes a second element. */}
      <Show when={props.acts}>{(acts) => <div class="flex flex-wrap gap-2">{acts()}</div>}</Show>
    </header>
  );
}

/** Facts as pairs: the name to the left, the value to the right. */
export function Facts(props: { facts: readonly { name: string; value: JSX.Element }[] }) {
  return (
    <dl class="grid grid-cols-[auto_1fr] gap-x-6 gap-y-1.5 max-sm:grid-cols-1 max-sm:gap-y-0.5">
      {props.facts.map((fact) => (
        <>
          <dt class="text-muted max-sm:mt-1.5">{fact.name}</dt>
          <dd class="min-w-0">{fact.value}</dd>
        </>
      ))}
    </dl>
  );
}
