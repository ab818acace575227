/** A text as SQL reads it, whatever `standard_conforming_strings` says. */
export function literal(text: string): string {
  const quoted = text.replaceAll("'", "''");
  return text.includes("\\") ? `E'${quoted.replaceAll("\\", "\\\\")}'` : `'${quoted}'`;
}

/** A name as SQL reads it. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Names in the order given, as an SQL array of texts. */
export function textArray(texts: readonly string[]): string {
  return `array[${texts.map(literal).join(", ")}]::text[]`;
}

/** Longest name of a database, in bytes: NAMEDATALEN - 1 of PostgreSQL as everybody builds it. */
const LONGEST_NAME = 63;

export function isPossibleName(name: string): boolean {
  return name.length > 0 && !name.includes("\0") && Buffer.byteLength(name) <= LONGEST_NAME;
}

/**
 * Names of what one restore makes: short enough beside any prefix, and told apart by the random end of the job's id. It begins with the
 * time, which two restores may share.
 */
export function stageName(tag: string): string {
  return `cofre_stage_${tag.slice(-12)}`;
}

export function oldName(tag: string): string {
  return `cofre_old_${tag.slice(-12)}`;
}

/** As a restore named them when only the time was in them: what it left or kept must still be found. */
export function formerNames(tag: string): { readonly stage: string; readonly old: string } {
  const time = tag.slice(0, 12);
  return { stage: `cofre_stage_${time}`, old: `cofre_old_${time}` };
}

/** What one of our restores made or kept: never a unit of its own. */
export const OUR_NAMES = "^cofre_(stage|old)_[0-9a-f]{12}$";

/** Sessions carry the job's tag in their name, so that they can be found and ended at the server itself. */
export function applicationName(tag: string, role: "ask" | "dump" | "count" | "load" | "switch"): string {
  return `cofre:${tag}:${role}`;
}
