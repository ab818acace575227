import type { UnitFacts } from "../model/engine.ts";

/** Databases of the server itself: users and settings, never a unit. */
export function isSystemDatabase(name: string): boolean {
  return name === "admin" || name === "config" || name === "local";
}

/**
 * What mongodump said it wrote, by collection: `<time>\tdone dumping shop.orders (5 documents)`. A database's name has no dot, so the
 * first one ends it; a collection's may hold anything but NUL. Source: mongodump.go of mongo-tools.
 */
const DONE = /^\S+\tdone dumping ([^.]+)\.([\s\S]*?) \((\d+) documents?\)$/gm;

/** Counts of these units in the words of mongodump, an empty record where it named none. */
export function factsSaid(units: readonly string[], said: string): readonly UnitFacts[] {
  const counts = new Map<string, Record<string, number>>(units.map((unit) => [unit, {}]));
  for (const [, db = "", collection = "", documents] of said.matchAll(DONE)) {
    const unit = counts.get(db);
    if (unit !== undefined) unit[collection] = Number(documents);
  }
  return units.map((name) => ({ name, counts: counts.get(name) ?? {} }));
}
