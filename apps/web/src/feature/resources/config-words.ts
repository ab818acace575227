import { useText } from "../../platform/text.tsx";

/** The fields that engines have. */
export const FIELDS = [
  "accessKey",
  "buckets",
  "ca",
  "containers",
  "database",
  "endpoint",
  "exclude",
  "heldMinutes",
  "host",
  "include",
  "password",
  "paths",
  "pathStyle",
  "port",
  "region",
  "secretKey",
  "tls",
  "username",
  "volumes",
] as const;

/** Those whose name does not say enough. */
const HELPED = ["containers", "exclude", "heldMinutes", "include", "volumes"] as const;

export const CHOICES = ["run", "pause", "stop"] as const;

/** An engine of a newer API may have a field that this panel does not know: it shows its own name. */
export function useConfigWords() {
  const t = useText();
  return {
    label: (name: string): string => {
      const known = FIELDS.find((field) => field === name);
      return known === undefined ? name : t(`config.${known}`);
    },
    help: (name: string): string | undefined => {
      const known = HELPED.find((field) => field === name);
      return known === undefined ? undefined : t(`config.help.${known}`);
    },
    choice: (value: string): string => {
      const known = CHOICES.find((choice) => choice === value);
      return known === undefined ? value : t(`config.choices.${known}`);
    },
  };
}
