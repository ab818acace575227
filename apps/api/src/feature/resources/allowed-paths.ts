import { posix } from "node:path";
import type { Engine } from "@cofre/core";
import { Fault } from "@cofre/core/model";
import type { Actor } from "../../auth/actor.ts";
import { requireInstanceOwner } from "../../auth/actor.ts";
import type { ServerRow } from "../../reach/reach.ts";
import type { ConfigFields } from "../../reach/resource-config.ts";

/** What a server says about the files that others than its owner may take. */
export type AllowingServer = Pick<ServerRow, "kind" | "name" | "allowedRoots">;

/**
 * This machine holds the master key, and a path can name anything: both are for the installation's owner. Others get files below
 * the roots that the server allows.
 *
 * @throws Fault `auth.forbidden`
 */
export function requireAllowed(
  actor: Actor,
  {
    server,
    engine,
    config,
  }: { readonly server: AllowingServer; readonly engine: Engine; readonly config: ConfigFields },
): void {
  if (actor.isInstanceOwner) return;
  if (server.kind === "local") requireInstanceOwner(actor, "the machine that Cofre runs on");
  if (engine.capabilities.unit !== "path") return;
  if (touchesContainers(config)) requireInstanceOwner(actor, "volumes, and what stops containers");
  for (const path of pathsIn(config)) {
    if (server.allowedRoots.some((root) => isBelow(path, root))) continue;
    throw new Fault("auth.forbidden", `${path} is not below a folder that ${server.name} allows`, {
      hint: "Ask the installation's owner to allow a folder of this server.",
      context: { allowed: server.allowedRoots.join(", ") },
    });
  }
}

/** A volume's folder lies below no root that was allowed, and a container that is stopped may be anybody's. */
function touchesContainers({ volumes, containers = "run" }: ConfigFields): boolean {
  return (Array.isArray(volumes) ? volumes.length > 0 : volumes !== undefined) || containers !== "run";
}

/** What a config names to be backed up; nothing for what is no path. */
export function pathsIn(config: ConfigFields): string[] {
  const { paths } = config;
  return Array.isArray(paths) ? paths.filter((path) => typeof path === "string") : [];
}

/** Whether a path is a folder or lies below it. */
export function isBelow(path: string, root: string): boolean {
  const folder = posix.resolve("/", root);
  const full = posix.resolve("/", path);
  return full === folder || full.startsWith(folder === "/" ? "/" : `${folder}/`);
}
