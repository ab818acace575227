import { onCleanup, onMount } from "solid-js";

const ROWS = "main [data-row]";

/** `j` and `k` move through the rows of a list, as the arrows do once the focus is in it; Enter opens what a row is about. */
export function useListKeys(): void {
  const press = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || isInFront()) return;
    if (event.key === "j") move(event, 1);
    if (event.key === "k") move(event, -1);
    if (event.key === "Enter") open(event);
  };
  onMount(() => document.addEventListener("keydown", press));
  onCleanup(() => document.removeEventListener("keydown", press));
}

function move(event: KeyboardEvent, step: 1 | -1): void {
  const rows = Array.from(document.querySelectorAll<HTMLElement>(ROWS));
  if (rows.length === 0) return;
  event.preventDefault();
  const current = rows.findIndex((row) => row.contains(document.activeElement));
  const next = current === -1 ? (step === 1 ? 0 : rows.length - 1) : current + step;
  rows[Math.min(rows.length - 1, Math.max(0, next))]?.focus();
}

function open(event: KeyboardEvent): void {
  if (!(event.target instanceof HTMLElement) || event.target.dataset.row === undefined) return;
  event.target.querySelector<HTMLElement>("[data-opens]")?.click();
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && target.closest("input, textarea, select, [contenteditable]") !== null
  );
}

function isInFront(): boolean {
  return document.querySelector('[role="dialog"], [role="menu"]') !== null;
}
