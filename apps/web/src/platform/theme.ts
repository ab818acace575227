import { createRoot, createSignal } from "solid-js";

export type Theme = "system" | "light" | "dark";
export const THEMES = ["system", "light", "dark"] as const satisfies readonly Theme[];

// `public/first-paint.js` reads the same name before anything is drawn.
const STORED = "cofre.theme";

const [chosen, setChosen] = createRoot(() => createSignal<Theme>(storedTheme()));

export const theme = chosen;

export function chooseTheme(next: Theme): void {
  setChosen(next);
  if (next === "system") {
    localStorage.removeItem(STORED);
    delete document.documentElement.dataset.theme;
    return;
  }
  localStorage.setItem(STORED, next);
  document.documentElement.dataset.theme = next;
}

function storedTheme(): Theme {
  const stored = localStorage.getItem(STORED);
  return stored === "light" || stored === "dark" ? stored : "system";
}
