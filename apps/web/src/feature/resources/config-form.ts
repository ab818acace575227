import type { PanelFault } from "@cofre/sdk/panel";
import type { ConfigField, Resource } from "./queries.ts";

/** What is typed, by field. A secret that is not being replaced is absent. */
export type ConfigValues = Record<string, string | boolean>;

/** What the form starts with: the values that may be seen; secrets and engine defaults stay empty. */
export function valuesOf(fields: readonly ConfigField[], config?: Resource["config"]): ConfigValues {
  const values: ConfigValues = {};
  for (const field of fields) {
    const known = field.secret ? undefined : config?.[field.name];
    if (field.kind === "flag")
      values[field.name] = typeof known === "boolean" ? known : field.fallback === true;
    else if (!field.secret || config === undefined) values[field.name] = textOf(known) || firstChoice(field);
  }
  return values;
}

/** The config to send. Empty fields are left out, or forgotten with null where something was there before. */
export function configFrom(
  fields: readonly ConfigField[],
  values: ConfigValues,
  before?: Resource["config"],
): Record<string, unknown> {
  const config: Record<string, unknown> = {};
  for (const field of fields) {
    const value = values[field.name];
    if (value === undefined) continue;
    if (value !== "") config[field.name] = sentValue(field, value);
    else if (before?.[field.name] !== undefined && !field.secret) config[field.name] = null;
  }
  return config;
}

/** What the API said about one field, wherever it counts from. */
export function fieldError(fault: PanelFault | undefined, name: string): string | undefined {
  return fault?.errors.find(
    ({ path }) => path === name || path === `config.${name}` || path.startsWith(`config.${name}.`),
  )?.message;
}

/** A choice shows one of its values from the beginning, and what is shown is sent. */
function firstChoice({ fallback, choices }: ConfigField): string {
  return choices.length === 0 ? "" : String(fallback ?? choices[0]);
}

function sentValue(field: ConfigField, value: string | boolean): unknown {
  if (typeof value === "boolean") return value;
  if (field.kind === "number") return Number(value);
  if (field.kind !== "list") return value;
  return value
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.join("\n");
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}
