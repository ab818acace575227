import type { KeepReason, KeepVerdict, RemoveReason } from "@cofre/core";

/** Why a backup stays or goes, for people who read a program's output. */
export function sayVerdict(verdict: KeepVerdict): string {
  return verdict.keep ? sayKept(verdict.reason) : sayRemoved(verdict.reason);
}

const PLAIN = {
  pinned: "it is pinned",
  upload: "it was uploaded",
  damaged: "it is damaged, and kept as it is until somebody has looked",
  "newest-good": "it is the newest good one",
  "newest-proven": "it is the newest one that was proven by a restore",
  "no-rule": "no rule removes it",
} as const;

function sayKept(reason: KeepReason): string {
  switch (reason.code) {
    case "not-complete":
      return `it is ${reason.status}`;
    case "within-last":
      return `it is number ${reason.rank} of the last ${reason.keepLast}`;
    case "within-days":
      return `it is ${reason.ageDays} days old, and ${reason.keepDays} are kept`;
    case "safety-recent":
      return `it was taken before a restore ${reason.ageHours} hours ago`;
    case "locked":
      return `it is locked until ${reason.until.toISOString()}`;
    case "frozen":
      return `the newest backup looks wrong (${reason.suspicion.code}), and nothing is removed until somebody has looked`;
    default:
      return PLAIN[reason.code];
  }
}

function sayRemoved({ code, rank, ageDays }: RemoveReason): string {
  const what =
    code === "safety-expired" ? "a safety backup that is no longer needed" : "beyond the last ones";
  return `${what}: number ${rank}, ${ageDays} days old`;
}
