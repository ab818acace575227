import { Fault } from "@cofre/core/model";

/** PostgreSQL's own code for a unique index that refused a row. */
const UNIQUE_VIOLATION = "23505";

/** The violated constraint's name when a unique index refused; drizzle wraps the driver's error. */
export function violatedUnique(error: unknown): string | undefined {
  for (let step: unknown = error; step instanceof Error; step = step.cause) {
    if (!("code" in step) || step.code !== UNIQUE_VIOLATION) continue;
    // PGlite says `constraint`, postgres.js `constraint_name`.
    const name = "constraint" in step ? step.constraint : Reflect.get(step, "constraint_name");
    return typeof name === "string" ? name : "";
  }
  return undefined;
}

/** Runs a write and turns the refusal of an external id into a fault that names it. */
export async function withUniqueExternalId<Result>(
  what: string,
  write: () => Promise<Result>,
): Promise<Result> {
  try {
    return await write();
  } catch (error) {
    if (violatedUnique(error)?.includes("external_id") !== true) throw error;
    throw externalIdTaken(what, error);
  }
}

function externalIdTaken(what: string, cause: unknown): Fault {
  return new Fault("state.conflict", `another ${what} already has this externalId`, {
    hint: `Use PUT …/by-external-id to change that ${what}, or another externalId.`,
    cause,
  });
}
