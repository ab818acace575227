import { text } from "node:stream/consumers";
import type { Detected, Engine } from "../engine/engine.ts";
import { engines } from "../engine/registry.ts";
import type { ContainerFacts } from "../host/container-facts.ts";
import type { Docker } from "../host/docker-contract.ts";
import type { EngineId } from "../model/engine.ts";

/** A container that an engine knows. */
export interface DetectedResource {
  /** What stays the same when the container is made anew: platform labels, compose, swarm, else its name. */
  readonly identity: string;
  readonly name: string;
  readonly engine: EngineId;
  /** Secrets in clear: seal before it rests anywhere. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly version: string | null;
  readonly container: ContainerFacts;
}

/** All containers of a server that hold something to back up. One that cannot be read is still listed, without its secrets. */
export async function detectResources(
  docker: Docker,
  signal?: AbortSignal,
): Promise<readonly DetectedResource[]> {
  const containers = await docker.list(signal === undefined ? {} : { signal });
  const found: DetectedResource[] = [];
  for (const container of containers) {
    const resource = await detectOne(docker, container);
    if (resource !== undefined) found.push(resource);
  }
  return found;
}

async function detectOne(docker: Docker, container: ContainerFacts): Promise<DetectedResource | undefined> {
  for (const engine of engines) {
    const detected = engine.detect(container);
    if (detected !== undefined) return await describe(docker, { engine, container, detected });
  }
  return undefined;
}

async function describe(
  docker: Docker,
  { engine, container, detected }: { engine: Engine; container: ContainerFacts; detected: Detected },
): Promise<DetectedResource> {
  return {
    identity: identityOf(container),
    name: container.name,
    engine: engine.id,
    config: { ...detected.config, ...(await readSecretFiles(docker, container, detected)) },
    version: detected.version,
    container,
  };
}

/** Fields whose environment variable names a file (`…_FILE`) are read inside the container; a stopped one has none to read. */
async function readSecretFiles(
  docker: Docker,
  container: ContainerFacts,
  { files }: Detected,
): Promise<Record<string, string>> {
  const values: Record<string, string> = {};
  if (container.status !== "running") return values;
  for (const [field, path] of Object.entries(files)) {
    const content = await text(docker.host(container.id).read({ argv: ["cat", "--", path] })).catch(
      () => undefined,
    );
    if (content !== undefined) values[field] = content.replace(/\r?\n$/, "");
  }
  return values;
}

/** Labels of platforms, most specific first: a redeploy keeps them while the container's id changes. */
const PLATFORM_LABELS = [
  ["coolify.name"],
  ["coolify.resourceName", "coolify.serviceName"],
  ["com.dokploy.service.name"],
  ["com.docker.compose.project", "com.docker.compose.service"],
  ["com.docker.swarm.service.name"],
] as const;

/** Identity of a container on its server. */
export function identityOf({ labels, name }: Pick<ContainerFacts, "labels" | "name">): string {
  for (const keys of PLATFORM_LABELS) {
    const values = keys.flatMap((key) => labels[key] ?? []);
    if (values.length === keys.length) return `${keys[0]}=${values.join("/")}`;
  }
  return `name=${name}`;
}
