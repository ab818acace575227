import { type ContainerFacts, type Docker, identityOf, type ReachedContainer } from "@cofre/core";
import { Fault } from "@cofre/core/model";
import type { ResourceRow } from "./reach.ts";

/**
 * The running container of a resource: by the id it had last, else by its identity, which a redeploy keeps.
 *
 * @throws Fault `target.missing` when it is gone or stopped
 */
export async function findContainer(
  docker: Docker,
  row: Pick<ResourceRow, "name" | "containerId" | "identity">,
  signal: AbortSignal,
): Promise<ContainerFacts> {
  const facts = await findAnyContainer(docker, row, signal);
  if (facts.status === "running") return facts;
  throw new Fault("target.missing", `the container ${facts.name} of ${row.name} is not running`, {
    hint: "Start the container, then try again.",
    context: { container: facts.name, status: facts.status },
  });
}

/**
 * The same, running or not.
 *
 * @throws Fault `target.missing` when it is gone
 */
export async function findAnyContainer(
  docker: Docker,
  row: Pick<ResourceRow, "name" | "containerId" | "identity">,
  signal: AbortSignal,
): Promise<ContainerFacts> {
  const known = row.containerId === null ? undefined : await docker.inspect(row.containerId, { signal });
  if (known !== undefined) return known;
  const all = await docker.list({ signal });
  const moved = all.find((container) => isSame(container, row.identity));
  if (moved !== undefined) return moved;
  throw new Fault("target.missing", `the container of ${row.name} is not on the server any more`, {
    hint: "Deploy it again; its backups are kept.",
  });
}

/** A second container with the same labels carries its name behind the identity, see scan. */
function isSame(container: ContainerFacts, identity: string | null): boolean {
  const own = identityOf(container);
  return identity === own || identity === `${own}#${container.name}`;
}

export function reachedContainer(docker: Docker, facts: ContainerFacts): ReachedContainer {
  return { client: docker.client, container: facts.id, image: facts.image };
}
