import type { SafetyState } from "@cofre/core/model";
import type { Resource } from "./queries.ts";

/** What needs a person first. Those that are gone come last: nothing more can be done for them than keeping them. */
export const WORST_FIRST = [
  "unprotected",
  "at-risk",
  "local-only",
  "protected",
  "proven",
  "away",
] as const satisfies readonly SafetyState[];

/** As much of a resource as its place in the list depends on. */
type Judged = Pick<Resource, "name"> & { readonly safety: Pick<Resource["safety"], "state"> };

const RANK = new Map<SafetyState, number>(WORST_FIRST.map((state, rank) => [state, rank]));

export function worstFirst<Item extends Judged>(resources: readonly Item[]): readonly Item[] {
  return resources.toSorted((a, b) => rankOf(a) - rankOf(b) || a.name.localeCompare(b.name));
}

/** Whether somebody should look at it. */
export function needsCare(resource: Judged): boolean {
  return resource.safety.state === "unprotected" || resource.safety.state === "at-risk";
}

function rankOf(resource: Judged): number {
  return RANK.get(resource.safety.state) ?? 0;
}
