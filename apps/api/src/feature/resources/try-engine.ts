import type { ContainerFacts, Engine } from "@cofre/core";
import type { Inspection } from "@cofre/core/model";
import { reachedContainer } from "../../reach/container.ts";
import type { Reach, ReachOptions, ServerRow } from "../../reach/reach.ts";

export interface Trying {
  readonly server: ServerRow;
  readonly engine: Engine;
  readonly target: unknown;
  readonly container: ContainerFacts | undefined;
  readonly asked: ReachOptions;
}

/**
 * Asks what is not a resource yet for its version and units, exactly as a backup would reach it.
 *
 * @throws Fault `server.*`, `target.*`
 */
export async function tryEngine(reach: Reach, trying: Trying): Promise<Inspection> {
  const { server: row, engine, target, container, asked } = trying;
  const server = await reach.server(row.id);
  if (container === undefined) return await engine.inspect({ host: server, server, target, ...asked });
  const docker = await reach.docker(row.id);
  const reached = reachedContainer(docker, container);
  return await engine.inspect({
    host: docker.host(container.id),
    server,
    target,
    container: reached,
    ...asked,
  });
}
