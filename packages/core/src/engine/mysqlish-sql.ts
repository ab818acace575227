/** A text as SQL reads it, whatever `sql_mode` says of backslashes and quotes. */
export function literal(text: string): string {
  return text === "" ? "''" : `_utf8mb4 0x${Buffer.from(text).toString("hex")}`;
}

/** A name as SQL reads it. */
export function identifier(name: string): string {
  return `\`${name.replaceAll("`", "``")}\``;
}

/** `column` is exactly this name: the catalogue's own comparison takes `shop` for `SHOP`, and alone is what it looks up quickly. */
export function named(column: string, name: string): string {
  return `(${column} = ${literal(name)} and cast(${column} as binary) = cast(${literal(name)} as binary))`;
}

/** Longest name of a database, in characters. */
const LONGEST_NAME = 64;

/** Names are of the Basic Multilingual Plane and do not end in a space (the manual's "Schema Object Names"). */
export function isPossibleName(name: string): boolean {
  return (
    name.length > 0 &&
    name.length <= LONGEST_NAME &&
    !/[\0\u{10000}-\u{10ffff}]/u.test(name) &&
    !name.endsWith(" ")
  );
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
export const OUR_NAMES = /^cofre_(stage|old)_[0-9a-f]{12}$/;

/** The servers' own databases, and folders in the data directory that are none. */
export const SYSTEM_NAMES = /^(mysql|information_schema|performance_schema|sys|ndbinfo|#mysql50#.*)$/i;
