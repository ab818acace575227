import { newId } from "../../db/columns.ts";
import { projects } from "../../db/schema/projects.ts";
import { resources } from "../../db/schema/resources.ts";
import { servers } from "../../db/schema/servers.ts";
import { stores } from "../../db/schema/stores.ts";
import type { Deps } from "../../deps.ts";
import type { ResourceRow } from "../../reach/reach.ts";

/** Rows of a server that nobody can reach, with a store and resources: for what needs no server. */
export async function paperResources(deps: Deps, count: number): Promise<readonly ResourceRow[]> {
  const { organizationId } = deps.installation;
  const [project] = await deps.db.select().from(projects);
  if (project === undefined) throw new Error("there is no project");
  const serverId = newId();
  const common = { organizationId, serverId };
  await deps.db.insert(servers).values({
    id: serverId,
    organizationId,
    name: "paper",
    kind: "ssh",
    host: "192.0.2.1",
    port: 22,
    user: "nobody",
    // Nobody listens or scans: it was seen in the future.
    lastScannedAt: new Date("2999-01-01T00:00:00Z"),
  });
  await deps.db
    .insert(stores)
    .values({ ...common, name: "paper", kind: "directory", root: "/opt/backups", isDefault: true });
  return await deps.db
    .insert(resources)
    .values(
      Array.from({ length: count }, (_, n) => ({
        ...common,
        projectId: project.id,
        engine: "postgres",
        name: `paper-${n}`,
        slug: `paper-${serverId.slice(-6)}-${n}`,
        identity: `name=paper-${n}`,
        containerId: `${n}`,
        detected: true,
        status: "running" as const,
        units: [{ name: "shop", sourceBytes: null }],
      })),
    )
    .returning();
}
