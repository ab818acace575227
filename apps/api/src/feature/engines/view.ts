import { RESTORE_OPTIONS } from "@cofre/core/model";
import { z } from "zod";

export const CapabilitiesView = z.object({
  unit: z.enum(["server", "database", "bucket", "path"]),
  combinesUnits: z.boolean(),
  consistent: z.boolean(),
  stagedRestore: z.boolean(),
  atomicRestore: z.boolean(),
  downtime: z.enum(["none", "sessions-end", "read-only-seconds", "restart"]),
  keepsOld: z.boolean(),
  selective: z.boolean(),
  restoreNeedsContainer: z.boolean(),
  restoreOptions: z.array(z.enum(RESTORE_OPTIONS)),
});

export const ConfigFieldView = z.object({
  name: z.string(),
  kind: z.enum(["text", "number", "flag", "list", "choice"]),
  secret: z.boolean(),
  required: z.boolean(),
  choices: z.array(z.string()),
  /** What is taken when it is left out. */
  fallback: z.union([z.string(), z.number(), z.boolean()]).nullable(),
});
export type ConfigFieldView = z.infer<typeof ConfigFieldView>;

export const EngineView = z.object({
  id: z.string(),
  label: z.string(),
  kind: z.enum(["database", "files"]),
  capabilities: CapabilitiesView,
  /** The default first. */
  formats: z.array(z.string()),
  defaultPort: z.number().nullable(),
  /** Its containers may show a web console of their own: see `resources.console`. */
  webConsole: z.boolean(),
  config: z.array(ConfigFieldView),
});
export type EngineView = z.infer<typeof EngineView>;
