import { type Engine, engines } from "@cofre/core";
import { z } from "zod";
import type { ConfigFieldView, EngineView } from "./view.ts";

/** Every engine as data: what it can promise, and the fields of its config, so that a form needs to know none of them. */
export function listEngines(): { items: EngineView[] } {
  return { items: engines.map(toEngineView) };
}

function toEngineView(engine: Engine): EngineView {
  return {
    id: engine.id,
    label: engine.label,
    kind: engine.kind,
    capabilities: { ...engine.capabilities, restoreOptions: [...engine.capabilities.restoreOptions] },
    formats: [...engine.formats],
    defaultPort: engine.defaultPort,
    webConsole: engine.webConsole !== undefined,
    config: fieldsOf(engine),
  };
}

/** The little of JSON Schema that a config's fields use. */
const Kind = z.looseObject({
  type: z.union([z.string(), z.array(z.string())]).optional(),
  enum: z.array(z.unknown()).default([]),
});
const Field = Kind.extend({
  /** What may also be null and has more to say than its type is written as one of two. */
  anyOf: z.array(Kind).default([]),
  default: z.union([z.string(), z.number(), z.boolean()]).optional().catch(undefined),
});
const Config = z.looseObject({
  properties: z.record(z.string(), Field).default({}),
  required: z.array(z.string()).default([]),
});

/** Read from the engine's own schema, as it takes its input. */
export function fieldsOf(engine: Pick<Engine, "configSchema" | "secretFields">): ConfigFieldView[] {
  const schema = z.toJSONSchema(engine.configSchema, { io: "input", unrepresentable: "any" });
  const { properties, required } = Config.parse(schema);
  return Object.entries(properties).map(([name, field]) => ({
    name,
    ...kindOf([field, ...field.anyOf]),
    secret: engine.secretFields.includes(name),
    required: required.includes(name) && field.default === undefined,
    fallback: field.default ?? null,
  }));
}

function kindOf(sides: readonly z.infer<typeof Kind>[]): Pick<ConfigFieldView, "kind" | "choices"> {
  const choices = sides.flatMap((side) => side.enum).filter((choice) => typeof choice === "string");
  const types = sides.flatMap(({ type }) => type ?? []);
  if (choices.length > 0) return { kind: "choice", choices };
  if (types.includes("integer") || types.includes("number")) return { kind: "number", choices };
  if (types.includes("boolean")) return { kind: "flag", choices };
  return { kind: types.includes("array") ? "list" : "text", choices };
}
