import type { DetectedResource } from "@cofre/core";
import type { ResourceRow } from "../reach/reach.ts";

export type Identified = DetectedResource;

/**
 * Containers with an identity of their own. Replicas of one service carry the same labels: the one that the row with the plain
 * identity stands for keeps it, else the first by name; the others carry their names behind it.
 */
export function distinctIdentities(
  found: readonly DetectedResource[],
  known: readonly Pick<ResourceRow, "identity" | "engine" | "containerId">[],
): readonly Identified[] {
  const groups = Map.groupBy(found, ({ engine, identity }) => JSON.stringify([engine, identity]));
  return [...groups.values()].flatMap((group) => {
    const [first, ...others] = group.toSorted(byKnownThenName(known));
    if (first === undefined) return [];
    return [first, ...others.map((one) => ({ ...one, identity: `${one.identity}#${one.name}` }))];
  });
}

function byKnownThenName(known: readonly Pick<ResourceRow, "identity" | "engine" | "containerId">[]) {
  const isKnown = ({ identity, engine, container }: DetectedResource) =>
    known.some(
      (row) => row.identity === identity && row.engine === engine && row.containerId === container.id,
    );
  return (a: DetectedResource, b: DetectedResource) =>
    Number(isKnown(b)) - Number(isKnown(a)) || (a.name < b.name ? -1 : 1);
}
