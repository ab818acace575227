import { Fault } from "../model/fault.ts";

/** Whose restore a collection belongs to: it is beside the target's own, in the same database, because only there a rename is quick. */
export function restoreNames(mark: string) {
  const ours = `cofre_${mark}_`;
  return {
    loaded: `${ours}new_`,
    old: `${ours}old_`,
    /** Being copied, where a rename is refused. */
    part: `${ours}part`,
    journal: `${ours}switching`,
  };
}

/** What tells restores apart in names: the random end of the job's id, which begins with the time. */
export function markOf(tag: string): string {
  return tag.slice(-12);
}

/** As it was when only the time was in it: what such a restore left must still be found. */
export function formerMarkOf(tag: string): string {
  return tag.slice(0, 12);
}

/** Of any restore: a database that is being restored while it is looked at holds such collections. */
export function isOfRestore(name: string): boolean {
  return /^cofre_[0-9a-f]{12}_(new_|old_|part$|switching$)/.test(name);
}

/** A name without dots, which FerretDB's rename takes for the mark between database and collection. `withDots` gives it back. */
export function withoutDots(name: string): string {
  return name.replaceAll("%", "%25").replaceAll(".", "%2E");
}

export function withDots(name: string): string {
  return name.replaceAll("%2E", ".").replaceAll("%25", "%");
}

/** In bytes, the database's name and the dot included. Before 4.4 it was 120. Source: MongoDB's limits and thresholds. */
const LONGEST_NAMESPACE = 255;
const LONGEST_DATABASE = 63;

/** Throws `input.invalid` for a name that no MongoDB takes on any system. */
export function refuseDatabaseName(name: string): void {
  const isFit = name !== "" && !/[/\\. "$*<>:|?\0]/.test(name);
  if (isFit && Buffer.byteLength(name) <= LONGEST_DATABASE) return;
  throw new Fault("input.invalid", `a MongoDB database cannot be called ${JSON.stringify(name)}`, {
    hint: `Use a name of 1 to ${LONGEST_DATABASE} bytes without / \\ . " $ * < > : | ? and spaces.`,
  });
}

/** Throws `target.unsuitable` when a collection's name leaves no room for the name that it has while it is loaded. */
export function refuseLongName(database: string, collection: string, prefix: string): void {
  const bytes = Buffer.byteLength(`${database}.${prefix}${withoutDots(collection)}`);
  if (bytes <= LONGEST_NAMESPACE) return;
  throw new Fault(
    "target.unsuitable",
    `the collection ${database}.${collection} has too long a name to be loaded beside the target`,
    {
      hint: "Restore this archive with mongorestore, as FORMAT.md shows, or into a database of a shorter name.",
      context: { bytes, limit: LONGEST_NAMESPACE },
    },
  );
}

/** A database's name in a pattern of mongorestore. */
export function pattern(name: string): string {
  return name.replaceAll(/[\\*$]/g, "\\$&");
}
