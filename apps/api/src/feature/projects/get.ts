import type { ActorContext } from "../../trpc/procedures.ts";
import { absent } from "../absent.ts";
import { cutPage, DEFAULT_LIMIT, type Page, type PageRequest } from "../page.ts";
import {
  NO_FIGURES,
  type ProjectFigures,
  type ProjectRow,
  selectFigures,
  selectProject,
  selectProjects,
} from "./rows.ts";
import type { ProjectView } from "./view.ts";

/** @throws Fault `not.found` */
export async function findProject(
  { deps, actor }: Pick<ActorContext, "deps" | "actor">,
  id: string,
): Promise<ProjectRow> {
  const row = await selectProject(deps.db, actor, id);
  if (row === undefined) throw absent("project");
  return row;
}

export async function getProject(ctx: ActorContext, { id }: { readonly id: string }): Promise<ProjectView> {
  return await viewProject(ctx, await findProject(ctx, id));
}

export async function listProjects(ctx: ActorContext, input: PageRequest): Promise<Page<ProjectView>> {
  const rows = await selectProjects(ctx.deps.db, ctx.actor, input);
  const { items, nextCursor } = cutPage(rows, input.limit ?? DEFAULT_LIMIT);
  const figures = await selectFigures(ctx.deps.db, ctx.actor);
  return { items: items.map((row) => toProjectView(row, figures.get(row.id) ?? NO_FIGURES)), nextCursor };
}

export async function viewProject({ deps, actor }: ActorContext, row: ProjectRow): Promise<ProjectView> {
  const figures = await selectFigures(deps.db, actor);
  return toProjectView(row, figures.get(row.id) ?? NO_FIGURES);
}

function toProjectView(row: ProjectRow, figures: ProjectFigures): ProjectView {
  return {
    id: row.id,
    name: row.name,
    slug: row.slug,
    externalId: row.externalId,
    selector:
      row.selector === null
        ? null
        : { servers: [...row.selector.servers], labels: { ...row.selector.labels } },
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
    ...figures,
    lastBackupAt: figures.lastBackupAt?.toISOString() ?? null,
  };
}
