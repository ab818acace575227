import { createMemo, createRoot, createSignal } from "solid-js";
import { type Language, useLanguage } from "./text.tsx";

const TICK_MS = 15_000;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const UNITS = ["B", "kB", "MB", "GB", "TB", "PB"] as const;

/** One clock for every relative time on the page. */
const now = createRoot(() => {
  const [at, setAt] = createSignal(Date.now());
  setInterval(() => setAt(Date.now()), TICK_MS);
  return at;
});

export interface Format {
  /** Decimal units with one digit: `2,5 MB`. */
  bytes(bytes: number): string;
  rate(bytesPerSecond: number): string;
  number(value: number): string;
  percent(share: number): string;
  /** `há 2 horas`, `em 5 minutos`. */
  ago(at: string): string;
  /** `hoje 18:30`, `ontem 03:00`, `9 de fev., 18:30`. */
  day(at: string): string;
  /** With seconds and the zone's name. */
  exact(at: string): string;
  /** `12 s`, `3 min`, `1 h 20 min`. */
  lasting(ms: number): string;
  /** `qua., 9 de fev., 03:00` in another zone. */
  inZone(at: string, timeZone: string): string;
  /** Names joined as a sentence does: `a, b e c`. */
  list(names: readonly string[]): string;
}

/** Formats of the reader's language; texts that hold "now" follow the clock. */
export function useFormat(): Format {
  const { language } = useLanguage();
  const format = createMemo(() => formatFor(language(), now));
  return {
    bytes: (bytes) => format().bytes(bytes),
    rate: (bytesPerSecond) => format().rate(bytesPerSecond),
    number: (value) => format().number(value),
    percent: (share) => format().percent(share),
    ago: (at) => format().ago(at),
    day: (at) => format().day(at),
    exact: (at) => format().exact(at),
    lasting: (ms) => format().lasting(ms),
    inZone: (at, timeZone) => format().inZone(at, timeZone),
    list: (names) => format().list(names),
  };
}

/** Without Solid's context, so that a test can ask for a language and a moment. */
export function formatFor(language: Language, nowMs: () => number): Format {
  const whole = new Intl.NumberFormat(language);
  const oneDigit = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
  const percent = new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 0 });
  const exact = new Intl.DateTimeFormat(language, { dateStyle: "full", timeStyle: "long" });
  const list = new Intl.ListFormat(language);
  const bytes = (value: number) => bytesText(value, oneDigit);
  return {
    bytes,
    rate: (value) => `${bytes(value)}/s`,
    number: (value) => whole.format(value),
    percent: (share) => percent.format(share),
    ago: (at) => agoText(Date.parse(at) - nowMs(), language),
    day: (at) => dayText(new Date(at), { language, now: new Date(nowMs()) }),
    exact: (at) => exact.format(new Date(at)),
    lasting: (ms) => lastingText(ms),
    inZone: (at, timeZone) =>
      new Intl.DateTimeFormat(language, {
        weekday: "short",
        day: "numeric",
        month: "short",
        hour: hourOf(language),
        minute: "2-digit",
        timeZone,
      }).format(new Date(at)),
    list: (names) => list.format(names),
  };
}

function bytesText(value: number, digits: Intl.NumberFormat): string {
  const power = value < 1_000 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(value) / 3));
  return `${digits.format(value / 1_000 ** power)} ${UNITS[power]}`;
}

function agoText(distanceMs: number, language: Language): string {
  const relative = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  const size = Math.abs(distanceMs);
  // A clock that differs by a few seconds must not say "in 3 seconds" about the past.
  if (size < MINUTE) return relative.format(0, "second");
  if (size < HOUR) return relative.format(Math.trunc(distanceMs / MINUTE), "minute");
  if (size < DAY) return relative.format(Math.trunc(distanceMs / HOUR), "hour");
  if (size < 30 * DAY) return relative.format(Math.trunc(distanceMs / DAY), "day");
  if (size < 365 * DAY) return relative.format(Math.trunc(distanceMs / (30 * DAY)), "month");
  return relative.format(Math.trunc(distanceMs / (365 * DAY)), "year");
}

function dayText(at: Date, reader: { language: Language; now: Date }): string {
  const time = new Intl.DateTimeFormat(reader.language, {
    hour: hourOf(reader.language),
    minute: "2-digit",
  }).format(at);
  const days = Math.round((midnight(at) - midnight(reader.now)) / DAY);
  if (Math.abs(days) <= 1) {
    const word = new Intl.RelativeTimeFormat(reader.language, { numeric: "auto" }).format(days, "day");
    return `${word} ${time}`;
  }
  const isThisYear = at.getFullYear() === reader.now.getFullYear();
  const day = new Intl.DateTimeFormat(reader.language, {
    day: "numeric",
    month: "short",
    ...(isThisYear ? {} : { year: "numeric" }),
  }).format(at);
  return `${day}, ${time}`;
}

/** `03:00`, but `3:00 AM`. */
function hourOf(language: Language): "2-digit" | "numeric" {
  return language === "en" ? "numeric" : "2-digit";
}

function midnight(at: Date): number {
  return new Date(at.getFullYear(), at.getMonth(), at.getDate()).getTime();
}

function lastingText(ms: number): string {
  const seconds = Math.max(1, Math.round(ms / 1_000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 10) return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`;
  if (minutes < 60) return `${minutes} min`;
  return minutes % 60 === 0
    ? `${Math.floor(minutes / 60)} h`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
