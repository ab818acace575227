import { and, eq, inArray } from "../../db/orm.ts";
import { backups } from "../../db/schema/backups.ts";
import { projects, type Selector } from "../../db/schema/projects.ts";
import { resources } from "../../db/schema/resources.ts";
import { servers } from "../../db/schema/servers.ts";
import type { ActorContext } from "../../trpc/procedures.ts";
import { absent } from "../absent.ts";
import { conflict } from "../conflict.ts";
import { definedOf } from "../defined.ts";
import { visible } from "../scope.ts";
import { freeSlug } from "../slug.ts";
import { withUniqueExternalId } from "../unique.ts";
import { findProject, viewProject } from "./get.ts";
import { backupsIn, type ProjectRow, selectContents, selectProjectByExternalId } from "./rows.ts";
import type { ChangeProject, CreateProject, ProjectView, PutProject } from "./view.ts";

export async function createProject(ctx: ActorContext, input: CreateProject): Promise<ProjectView> {
  await checkSelector(ctx, input.selector ?? null);
  const { db } = ctx.deps;
  const [row] = await withUniqueExternalId("project", async () =>
    db
      .insert(projects)
      .values({
        organizationId: ctx.actor.organizationId,
        name: input.name,
        slug: await freeSlug(db, input.name, { table: projects, column: projects.slug }),
        externalId: input.externalId ?? null,
        selector: input.selector ?? null,
      })
      .returning(),
  );
  if (row === undefined) throw absent("project");
  return await told(ctx, row);
}

export async function changeProject(ctx: ActorContext, input: ChangeProject): Promise<ProjectView> {
  const there = await findProject(ctx, input.id);
  ctx.trail.target = { kind: "project", id: there.id, name: there.name };
  await checkSelector(ctx, input.selector ?? null);
  const { id: _id, ...given } = input;
  const [row] = await withUniqueExternalId("project", async () =>
    ctx.deps.db
      .update(projects)
      .set({ ...definedOf(given), updatedAt: ctx.deps.now() })
      .where(and(visible.projects(ctx.actor), eq(projects.id, there.id)))
      .returning(),
  );
  if (row === undefined) throw absent("project");
  return await told(ctx, row);
}

/** Creates it, or changes the one with this external id: the deploy manager may say the same thing twice. */
export async function putProject(ctx: ActorContext, input: PutProject): Promise<ProjectView> {
  const there = await selectProjectByExternalId(ctx.deps.db, ctx.actor, input.externalId);
  if (there === undefined) return await createProject(ctx, input);
  return await changeProject(ctx, { ...input, id: there.id });
}

/** Only an empty project can go: nothing is forgotten by removing a group. */
export async function removeProject(ctx: ActorContext, { id }: { readonly id: string }): Promise<void> {
  const row = await findProject(ctx, id);
  ctx.trail.target = { kind: "project", id: row.id, name: row.name };
  const contents = await selectContents(ctx.deps.db, row.id);
  if (contents.resources > 0 || contents.backups > 0) {
    throw conflict(
      `project ${row.name} still holds ${contents.resources} resources and ${contents.backups} backups`,
      contents,
      "Move or remove its resources, and delete the backups that were kept.",
    );
  }
  await ctx.deps.db.transaction(async (tx) => {
    // Rows of the past: resources that were removed and backups whose bytes are gone.
    await tx.delete(backups).where(backupsIn(tx, row.id));
    await tx.delete(resources).where(eq(resources.projectId, row.id));
    await tx.delete(projects).where(and(visible.projects(ctx.actor), eq(projects.id, row.id)));
  });
}

async function told(ctx: ActorContext, row: ProjectRow): Promise<ProjectView> {
  ctx.trail.target = { kind: "project", id: row.id, name: row.name };
  return await viewProject(ctx, row);
}

/** A selector names servers that the actor can see. */
async function checkSelector({ deps, actor }: ActorContext, selector: Selector | null): Promise<void> {
  const wanted = [...new Set(selector?.servers ?? [])];
  if (wanted.length === 0) return;
  const rows = await deps.db
    .select({ id: servers.id })
    .from(servers)
    .where(and(visible.servers(actor), inArray(servers.id, wanted)));
  if (rows.length < wanted.length) throw absent("server");
}
