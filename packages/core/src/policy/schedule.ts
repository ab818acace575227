import { SCHEDULE_PRESETS, type SchedulePreset } from "../model/backup.ts";
import { Fault } from "../model/fault.ts";

/** When backups are due: one of the presets at a time of day, or cron text; on the clock of one IANA time zone. */
export type Schedule =
  | { readonly preset: SchedulePreset; readonly at: string; readonly timeZone: string }
  | { readonly cron: string; readonly timeZone: string };

const TIME = /^([01]\d|2[0-3]):([0-5]\d)$/;
const CRON_FIELDS = 5;

/**
 * The schedule as five-field cron text. Hourly takes the minute of `at`; weekly is Sunday, monthly the first. Throws `input.invalid`
 * for an unknown preset or a time that is not HH:MM.
 */
export function cronOf(schedule: Schedule): string {
  if ("cron" in schedule) return fiveFields(schedule.cron);
  const [, hour, minute] = TIME.exec(schedule.at) ?? [];
  if (hour === undefined || minute === undefined) {
    throw new Fault("input.invalid", `${JSON.stringify(schedule.at)} is not a time of day`, {
      hint: "Give hours and minutes as HH:MM, such as 03:00.",
    });
  }
  return presetCron(schedule.preset, Number(hour), Number(minute));
}

function presetCron(preset: SchedulePreset, hour: number, minute: number): string {
  switch (preset) {
    case "hourly":
      return `${minute} * * * *`;
    case "daily":
      return `${minute} ${hour} * * *`;
    case "weekly":
      return `${minute} ${hour} * * 0`;
    case "monthly":
      return `${minute} ${hour} 1 * *`;
    default:
      throw new Fault("input.invalid", `${JSON.stringify(preset)} is not a frequency`, {
        hint: `Give one of ${SCHEDULE_PRESETS.join(", ")}, or cron text.`,
      });
  }
}

function fiveFields(cron: string): string {
  const fields = cron.trim().split(/\s+/);
  if (fields.length === CRON_FIELDS) return fields.join(" ");
  throw new Fault(
    "input.invalid",
    `${JSON.stringify(cron)} has ${cron.trim() === "" ? 0 : fields.length} fields instead of 5`,
    {
      hint: "Give minute, hour, day of month, month and day of week, such as 0 3 * * *.",
    },
  );
}
