import type { Step } from "@cofre/core";
import type { JobProgress } from "@cofre/core/model";

export interface Pace {
  take(step: Step): void;
  phase(): Step["phase"];
  progress(): JobProgress;
}

/** A rate over less than this jumps. */
const SAMPLE_MS = 300;
/** Weight of the newest sample in the rate that people see. */
const SMOOTHING = 0.3;

/** Turns bytes seen now and then into a rate that does not jump, and a time left. */
export function paceOf(now: () => Date): Pace {
  let last: Step = { phase: "waiting" };
  let sample = { at: now().getTime(), bytes: 0 };
  let rate = 0;
  return {
    take(step) {
      const at = now().getTime();
      const bytes = step.bytes ?? 0;
      if (step.phase !== last.phase || bytes < sample.bytes) {
        sample = { at, bytes };
        rate = 0;
      } else if (at - sample.at >= SAMPLE_MS) {
        const seen = ((bytes - sample.bytes) * 1000) / (at - sample.at);
        rate = rate === 0 ? seen : rate + SMOOTHING * (seen - rate);
        sample = { at, bytes };
      }
      last = step;
    },
    phase: () => last.phase,
    progress() {
      const bytes = last.bytes ?? 0;
      const totalBytes = last.totalBytes ?? null;
      const left = totalBytes === null || rate === 0 ? null : Math.max(0, (totalBytes - bytes) / rate);
      return {
        bytes,
        totalBytes,
        bytesPerSecond: Math.round(rate),
        secondsLeft: left === null ? null : Math.round(left),
      };
    },
  };
}
