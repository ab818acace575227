import type { SafetyState } from "@cofre/core/model";
import { type JSX, Show } from "solid-js";

const SHIELD = "M8 1.6 13.4 3.4v4.1c0 3.3-2.2 5.8-5.4 6.9-3.2-1.1-5.4-3.6-5.4-6.9V3.4L8 1.6Z";

/** Green only for what was proven; a complete backup that nobody tried is not a promise. */
const TONES: Readonly<Record<SafetyState, string>> = {
  proven: "text-success",
  protected: "text-base-content",
  "local-only": "text-base-content",
  "at-risk": "text-warning",
  unprotected: "text-error",
  away: "text-muted",
};

const SHAPES: Readonly<Record<SafetyState, () => JSX.Element>> = {
  proven: () => (
    <>
      <path d={SHIELD} fill="currentColor" />
      <path d="m5.6 8 1.7 1.75 3.1-3.5" stroke="var(--color-base-100)" stroke-width="1.6" />
    </>
  ),
  protected: () => <path d={SHIELD} />,
  "local-only": () => (
    <>
      <path d={SHIELD} />
      <path d="M8 1.6v12.8c-3.2-1.1-5.4-3.6-5.4-6.9V3.4L8 1.6Z" fill="currentColor" stroke="none" />
    </>
  ),
  "at-risk": () => (
    <>
      <path d="M8 2.2 14.4 13.3H1.6L8 2.2Z" />
      <path d="M8 6.5v3m0 1.7v.2" />
    </>
  ),
  unprotected: () => <circle cx="8" cy="8" r="6" />,
  away: () => <circle cx="8" cy="8" r="6" stroke-dasharray="2.6 2.1" />,
};

/** The shape; its word always stands beside it. */
export function SafetyMark(props: { state: SafetyState }) {
  return (
    <svg
      viewBox="0 0 16 16"
      width="16"
      height="16"
      fill="none"
      stroke="currentColor"
      stroke-width="1.4"
      stroke-linecap="round"
      stroke-linejoin="round"
      class={`shrink-0 ${TONES[props.state]}`}
      aria-hidden="true"
    >
      <Show when={props.state} keyed>
        {(state) => SHAPES[state]()}
      </Show>
    </svg>
  );
}
