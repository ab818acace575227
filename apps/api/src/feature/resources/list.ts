import { toFault } from "@cofre/core/model";
import { and, eq, inArray, isNull } from "../../db/orm.ts";
import { resources } from "../../db/schema/resources.ts";
import type { ActorContext } from "../../trpc/procedures.ts";
import { scanServer } from "../../work/scan.ts";
import { cutPage, DEFAULT_LIMIT, type Page } from "../page.ts";
import { findProject } from "../projects/get.ts";
import type { ProjectRow } from "../projects/rows.ts";
import { visible } from "../scope.ts";
import { findResourceIn, viewResource, viewResources } from "./get.ts";
import { selectResources, selectServerIds } from "./rows.ts";
import type { ListResources, ResourceView } from "./view.ts";

/** What the database knows; with `rescan`, after the servers were looked at again. A server that does not answer hides nothing: its resources are shown as unknown. */
export async function listResources(ctx: ActorContext, input: ListResources): Promise<Page<ResourceView>> {
  const project = await findProject(ctx, input.projectId);
  if (input.rescan === true) await rescan(ctx, project);
  const rows = await selectResources(ctx.deps.db, ctx.actor, input);
  const { items, nextCursor } = cutPage(rows, input.limit ?? DEFAULT_LIMIT);
  return { items: await viewResources(ctx, items), nextCursor };
}

async function rescan(ctx: ActorContext, project: ProjectRow): Promise<void> {
  const { deps, caller } = ctx;
  const scans = (await concerned(ctx, project)).map((id) => scanServer(deps, id, caller.signal));
  for (const result of await Promise.allSettled(scans)) {
    if (result.status === "fulfilled") continue;
    const fault = toFault(result.reason);
    deps.log.info({ code: fault.code, err: fault.cause }, "a rescan could not look at a server");
  }
}

/** Servers that carry the project's resources, and those that its selector takes in. */
async function concerned({ deps, actor }: ActorContext, project: ProjectRow): Promise<readonly string[]> {
  const all = await selectServerIds(deps.db, actor);
  const { selector } = project;
  if (selector !== null && selector.servers.length === 0) return all;
  const carrying = await deps.db
    .selectDistinct({ serverId: resources.serverId })
    .from(resources)
    .where(
      and(
        visible.resources(actor),
        eq(resources.projectId, project.id),
        isNull(resources.removedAt),
        inArray(resources.serverId, all),
      ),
    );
  const wanted = new Set([...carrying.map((row) => row.serverId), ...(selector?.servers ?? [])]);
  return all.filter((id) => wanted.has(id));
}

export async function getResource(
  ctx: ActorContext,
  input: { readonly projectId: string; readonly id: string },
): Promise<ResourceView> {
  return await viewResource(ctx, await findResourceIn(ctx, input));
}
