import { nextRuns, type Schedule } from "@cofre/core";
import { Fault } from "@cofre/core/model";
import type { Deps } from "../../deps.ts";
import type { PreviewSchedule } from "./view.ts";

/** What a row, or a request, says of when. */
export interface When {
  readonly preset: "hourly" | "daily" | "weekly" | "monthly" | null;
  readonly at: string | null;
  readonly cron: string | null;
  readonly timeZone: string;
}

/** At night, and not with everybody else's at midnight. */
export const USUAL_AT = "03:00";

export function scheduleOf({ preset, at, cron, timeZone }: When): Schedule {
  if (cron !== null) return { cron, timeZone };
  return { preset: preset ?? "daily", at: at ?? USUAL_AT, timeZone };
}

/** @throws Fault `input.invalid` unless exactly one of preset and cron is given */
export function whenOf({ preset, at, cron, timeZone }: PreviewSchedule): When {
  if ((preset === undefined) === (cron === undefined)) {
    throw new Fault("input.invalid", "a schedule has either a preset or a cron line", {
      hint: "Send `preset` with `at`, or `cron`.",
    });
  }
  if (cron !== undefined) return { preset: null, at: null, cron: cron.trim().replace(/\s+/g, " "), timeZone };
  return { preset: preset ?? null, at: at ?? USUAL_AT, cron: null, timeZone };
}

/** For lists: `daily 03:00`, or the cron line. */
export function describeWhen({ preset, at, cron }: When): string {
  return cron ?? `${preset ?? "daily"} ${at ?? USUAL_AT}`;
}

const SHOWN_RUNS = 5;

/** The next five. */
export function isoRuns({ now }: Pick<Deps, "now">, schedule: Schedule): string[] {
  return nextRuns(schedule, now(), SHOWN_RUNS).map((run) => run.toISOString());
}
