import type { Safety, SafetyReason, SafetyStep } from "./safety.ts";
import type { Suspicion } from "./suspicion.ts";

const AGO = new Intl.RelativeTimeFormat("en", { numeric: "always" });
const NUMBER = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });
const LIST = new Intl.ListFormat("en");
const UNITS = ["B", "kB", "MB", "GB", "TB", "PB"] as const;
const STEPS_MS = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
] as const;

const NEXT_STEPS: Readonly<Record<SafetyStep, string>> = {
  none: "Nothing to do.",
  "keep-a-copy-elsewhere": "Choose a store that does not lie on the resource's own server.",
  "fix-the-failure": "Look at the failed job, mend what it names, and take a backup.",
  "look-at-the-backup": "Look whether the data is as it should be; until then nothing old is removed.",
  "take-a-backup": "Take a backup now.",
  "set-a-schedule": "Switch automatic backups on.",
  "find-the-resource": "Start its container again, or remove the resource; its backups are kept.",
};

/** The state of safety in English, for REST; the panel has its own dictionaries. */
export function safetySentences(
  { reason, nextStep }: Safety,
  now: Date,
): { readonly reason: string; readonly nextStep: string } {
  return { reason: sentence(reason, now), nextStep: NEXT_STEPS[nextStep] };
}

function sentence(reason: SafetyReason, now: Date): string {
  const ago = (at: Date) => agoOf(at, now);
  switch (reason.code) {
    case "fresh":
      return `Last backup ${ago(reason.at)}, ${bytesOf(reason.bytes)}.${next(reason.nextAt)}`;
    case "tried":
      return `Last backup ${ago(reason.at)}, restored in a test ${ago(reason.provenAt)}.${next(reason.nextAt)}`;
    case "failing":
      return `${newest(reason.at, now)} The last attempt failed ${ago(reason.failedAt)} (${reason.fault}).`;
    case "suspicious":
      return `The backup of ${reason.unit} ${ago(reason.at)} ${doubt(reason.suspicion)}.`;
    case "overdue":
      return `Last complete backup ${ago(reason.at)}; the next was due ${ago(reason.dueAt)}.`;
    case "units-without":
      return `No complete backup of ${LIST.format(reason.units)}.`;
    case "no-schedule":
      return `Last backup ${ago(reason.at)}; no further one is scheduled.`;
    case "never":
      return "There is no complete backup.";
    case "gone":
      return `The container is gone. ${newest(reason.at, now)}`;
  }
}

function newest(at: Date | null, now: Date): string {
  return at === null ? "There is no complete backup." : `Last complete backup ${agoOf(at, now)}.`;
}

function next(at: Date | null): string {
  return at === null ? "" : ` Next at ${at.toISOString().slice(0, 16).replace("T", " ")} UTC.`;
}

function doubt(suspicion: Suspicion): string {
  switch (suspicion.code) {
    case "empty":
      return "is empty";
    case "emptied":
      return `holds no rows; there were ${NUMBER.format(suspicion.rowsBefore)}`;
    case "tables-lost":
      return `has ${suspicion.tables} tables; there were ${suspicion.tablesBefore}`;
    case "shrunken":
      return `has ${bytesOf(suspicion.bytes)}; the ones before had ${bytesOf(suspicion.medianBytes)}`;
  }
}

function agoOf(at: Date, now: Date): string {
  const ms = now.getTime() - at.getTime();
  const step = STEPS_MS.find(([, stepMs]) => ms >= stepMs);
  return step === undefined ? "just now" : AGO.format(-Math.floor(ms / step[1]), step[0]);
}

function bytesOf(bytes: number): string {
  const power = bytes < 1_000 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(bytes) / 3));
  return `${NUMBER.format(bytes / 1_000 ** power)} ${UNITS[power] ?? "B"}`;
}
