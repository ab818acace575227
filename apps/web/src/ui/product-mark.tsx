import { For } from "solid-js";

const KNOBS = [
  [12.0, 2.0],
  [21.51, 8.91],
  [17.88, 20.09],
  [6.12, 20.09],
  [2.49, 8.91],
] as const;

/** A safe's wheel: hub, ring and five handles. */
export function ProductMark(props: { size?: number }) {
  return (
    <svg
      viewBox="0 0 24 24"
      width={props.size ?? 24}
      height={props.size ?? 24}
      class="shrink-0 text-primary"
      aria-hidden="true"
    >
      <g fill="none" stroke="currentColor" stroke-width="1.7" stroke-linecap="round">
        <circle cx="12" cy="12" r="6.6" />
        <path d="M12.00 9.40L12.00 2.40M14.47 11.20L21.13 9.03M13.53 14.10L17.64 19.77M10.47 14.10L6.36 19.77M9.53 11.20L2.87 9.03" />
      </g>
      <g fill="currentColor">
        <circle cx="12" cy="12" r="2.4" />
        <For each={KNOBS}>{([x, y]) => <circle cx={x} cy={y} r="1.7" />}</For>
      </g>
    </svg>
  );
}
