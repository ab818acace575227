import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const CHROMIUM = process.env.COFRE_CHROMIUM ?? "/usr/bin/chromium";

/** Headless, as root too, and silent: it asks nobody for updates. */
const WORDS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Why there is no browser to test with, or null. In CI it throws instead: nothing may be absent there. */
export function absentBrowser(): string | null {
  if (existsSync(CHROMIUM)) return null;
  const reason = `there is no ${CHROMIUM}: run lab/lab.sh browser`;
  if (process.env.CI === "true") throw new Error(`CI needs every server and the browser: ${reason}`);
  return reason;
}

export function openBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, args: WORDS });
}
