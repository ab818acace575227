import type { Engine } from "@cofre/core";
import { Fault } from "@cofre/core/model";
import { z } from "zod";
import type { Sealer } from "../seal/seal.ts";

const Fields = z.record(z.string(), z.unknown());
export type ConfigFields = Readonly<Record<string, unknown>>;

/** A config at rest: what may be shown, and the rest sealed. */
export interface RestingConfig {
  readonly config: ConfigFields;
  readonly sealedSecrets: string | null;
  readonly secretFields: readonly string[];
}

const place = (resourceId: string) => ({ table: "resources", row: resourceId, column: "sealed_secrets" });

export interface Sealing {
  readonly sealer: Sealer;
  readonly engine: Pick<Engine, "secretFields">;
  readonly resourceId: string;
}

/** Parts a clear config by the engine's list of secret fields and seals them. */
export function restConfig({ sealer, engine, resourceId }: Sealing, clear: ConfigFields): RestingConfig {
  const given = Object.entries(clear).filter(
    ([, value]) => value !== undefined && value !== null && value !== "",
  );
  const isSecret = ([name]: [string, unknown]) => engine.secretFields.includes(name);
  const secrets = given.filter(isSecret);
  return {
    config: Object.fromEntries(given.filter((entry) => !isSecret(entry))),
    sealedSecrets:
      secrets.length === 0
        ? null
        : sealer.seal(place(resourceId), JSON.stringify(Object.fromEntries(secrets))),
    secretFields: secrets.map(([name]) => name),
  };
}

/** The whole config in clear, to be handed to its engine and nobody else. */
export function openConfig(
  sealer: Sealer,
  row: { readonly id: string; readonly config: ConfigFields; readonly sealedSecrets: string | null },
): ConfigFields {
  if (row.sealedSecrets === null) return row.config;
  return { ...row.config, ...Fields.parse(JSON.parse(sealer.open(place(row.id), row.sealedSecrets))) };
}

/**
 * The engine's own reading of a config.
 *
 * @throws Fault `input.invalid`, with each field's error for the caller, none of which shows a value
 */
export function targetOf(engine: Engine, clear: ConfigFields): unknown {
  const parsed = engine.configSchema.safeParse(clear);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map((issue) => ({ ...issue, path: ["config", ...issue.path] }));
  throw new Fault("input.invalid", `this is not a config for ${engine.label}: ${fieldsOf(issues)}`, {
    hint: "Correct the fields that are named.",
    cause: new z.ZodError(issues),
  });
}

function fieldsOf(
  issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[],
): string {
  return issues.map((issue) => `${issue.path.slice(1).join(".")} (${issue.message})`).join(", ");
}
