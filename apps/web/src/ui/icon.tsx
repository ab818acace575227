import { type JSX, Show, splitProps } from "solid-js";

/** Strokes on a 16 px grid, drawn for this panel. */
const PATHS = {
  activity: "M1.75 8h2.7l2-5.25 3.1 10.5 2-5.25h2.7",
  alert: "M8 2.2 14.4 13.3H1.6L8 2.2Zm0 4.3v3.1m0 1.75v.2",
  archive:
    "M2.25 5.5h11.5v7a1 1 0 0 1-1 1h-9.5a1 1 0 0 1-1-1v-7ZM1.75 2.75h12.5V5.5H1.75V2.75ZM6.25 8.25h3.5",
  check: "m2.75 8.5 3.5 3.5 7-7.75",
  chevronDown: "m4 6.25 4 4 4-4",
  chevronRight: "m6.25 4 4 4-4 4",
  close: "m3.75 3.75 8.5 8.5m0-8.5-8.5 8.5",
  copy: "M5.75 5.75h7.5v7.5h-7.5v-7.5Zm-3-3h7.5v3m-4.5 4.5h-3v-7.5",
  download: "M8 2v8.25m0 0L4.75 7M8 10.25 11.25 7M2.25 13.5h11.5",
  edit: "m2.5 13.5.6-3 7.9-7.9 2.4 2.4-7.9 7.9-3 .6Zm7-9.4 2.4 2.4",
  file: "M3.75 1.75h5.5l3 3v9.5h-8.5V1.75Zm5.5 0v3h3",
  folder: "M1.75 3.25h4.5l1.5 2h6.5v7.5H1.75v-9.5Z",
  gear: "M2 4.5h6.5m3.5 0h2M2 11.5h2m3.5 0H14M10.25 2.75v3.5m-4.5 3.5v3.5",
  info: "M8 1.75a6.25 6.25 0 1 0 0 12.5 6.25 6.25 0 0 0 0-12.5Zm0 5.5v3.9m0-6.5v.2",
  key: "M6.25 9.75a3.5 3.5 0 1 1 0-7 3.5 3.5 0 0 1 0 7Zm2.5-1 5 5m-2-2 1.5-1.5",
  list: "M5.5 4h8.25M5.5 8h8.25M5.5 12h8.25M2.25 4h.5m-.5 4h.5m-.5 4h.5",
  moon: "M13.5 9.4A5.9 5.9 0 0 1 6.6 2.5a5.9 5.9 0 1 0 6.9 6.9Z",
  more: "M3.2 8h.01M8 8h.01M12.8 8h.01",
  people:
    "M6 7.75a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5Zm-4.25 5.5c.3-2.2 2-3.25 4.25-3.25s3.95 1.05 4.25 3.25M10.5 2.95a2.4 2.4 0 0 1 0 4.6m1.4 2.7c1.35.45 2.2 1.45 2.35 3",
  pin: "M5.75 2.25h4.5M6.25 2.25v4L4 8.75v1h8v-1L9.75 6.25v-4M8 9.75v4.5",
  plus: "M8 2.75v10.5M2.75 8h10.5",
  power: "M8 1.75v5.5M4.2 3.9a5.5 5.5 0 1 0 7.6 0",
  refresh: "M13.5 3v3.5H10M2.5 13V9.5H6m7.1-3A5.5 5.5 0 0 0 3.4 5.2M2.9 9.5a5.5 5.5 0 0 0 9.7 1.3",
  resources:
    "M8 6.25c3.2 0 5.5-.95 5.5-2.1S11.2 2 8 2s-5.5.95-5.5 2.15 2.3 2.1 5.5 2.1Zm-5.5-2.1v7.7C2.5 13.05 4.8 14 8 14s5.5-.95 5.5-2.15v-7.7M2.5 8c0 1.2 2.3 2.15 5.5 2.15S13.5 9.2 13.5 8",
  restore: "M2.5 2.75v3.5H6m-3.1 0a5.75 5.75 0 1 1-.4 3.5M8 5v3.25l2.25 1.5",
  scroll: "M3.25 1.75h9.5v12.5h-9.5V1.75Zm2.5 3.5h4.5m-4.5 2.75h4.5m-4.5 2.75h2.5",
  search: "M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10Zm3.6-1.4 3.65 3.65",
  server: "M2.25 2.75h11.5v4.25H2.25V2.75Zm0 6.25h11.5v4.25H2.25V9Zm2.5-4.1v-.05m0 6.3v-.05",
  signOut: "M6.25 2.25h-3.5v11.5h3.5M6.5 8h7.25m0 0-2.75-2.75M13.75 8 11 10.75",
  sun: "M8 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6Zm0-9.25v1m0 10.5v1m6.25-6.25h-1M2.75 8h-1m10.65-4.4-.7.7M4.3 11.7l-.7.7m8.8 0-.7-.7M4.3 4.3l-.7-.7",
  trash: "M2.5 4h11m-7.25 0V2.25h3.5V4m-6 0 .6 9.75h7.3L12.25 4M6.5 6.75v4.5m3-4.5v4.5",
  upload: "M8 10.25V2m0 0L4.75 5.25M8 2l3.25 3.25M2.25 13.5h11.5",
  user: "M8 7.75a2.85 2.85 0 1 0 0-5.7 2.85 2.85 0 0 0 0 5.7Zm-5.25 6c.4-2.6 2.45-3.75 5.25-3.75s4.85 1.15 5.25 3.75",
  verify:
    "M8 1.75 13.25 3.5v4c0 3.2-2.1 5.7-5.25 6.75C4.85 13.2 2.75 10.7 2.75 7.5v-4L8 1.75Zm-2.5 6.1 1.85 1.9 3.2-3.6",
} as const satisfies Record<string, string>;

export type IconName = keyof typeof PATHS;

/** Decoration beside a word, or the whole of a control; then `label` gives it a name. */
export function Icon(
  props: { name: IconName; label?: string; class?: string } & JSX.SvgSVGAttributes<SVGSVGElement>,
) {
  const [own, rest] = splitProps(props, ["name", "label", "class"]);
  return (
    <>
      <svg
        viewBox="0 0 16 16"
        width="16"
        height="16"
        fill="none"
        stroke="currentColor"
        stroke-width={own.name === "more" ? 2 : 1.4}
        stroke-linecap="round"
        stroke-linejoin="round"
        class={`shrink-0 ${own.class ?? ""}`}
        aria-hidden="true"
        {...rest}
      >
        <path d={PATHS[own.name]} />
      </svg>
      <Show when={own.label}>
        <span class="sr-only">{own.label}</span>
      </Show>
    </>
  );
}
