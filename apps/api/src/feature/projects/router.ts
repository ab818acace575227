import { z } from "zod";
import { router } from "../../trpc/init.ts";
import { admin, viewer } from "../../trpc/procedures.ts";
import { PageInput, pageOf } from "../page.ts";
import { changeProject, createProject, putProject, removeProject } from "./change.ts";
import { getProject, listProjects } from "./get.ts";
import { ChangeProject, CreateProject, ProjectView, PutProject } from "./view.ts";

const ById = z.object({ id: z.string() });

export const projectsRouter = router({
  list: viewer
    .meta({ openapi: { method: "GET", path: "/projects", tags: ["projects"] } })
    .input(z.object(PageInput))
    .output(pageOf(ProjectView))
    .query(({ ctx, input }) => listProjects(ctx, input)),
  get: viewer
    .meta({ openapi: { method: "GET", path: "/projects/{id}", tags: ["projects"] } })
    .input(ById)
    .output(ProjectView)
    .query(({ ctx, input }) => getProject(ctx, input)),
  create: admin
    .meta({
      openapi: { method: "POST", path: "/projects", tags: ["projects"] },
      status: 201,
      organizationWide: true,
    })
    .input(CreateProject)
    .output(ProjectView)
    .mutation(({ ctx, input }) => createProject(ctx, input)),
  change: admin
    .meta({ openapi: { method: "PUT", path: "/projects/{id}", tags: ["projects"] } })
    .input(ChangeProject)
    .output(ProjectView)
    .mutation(({ ctx, input }) => changeProject(ctx, input)),
  put: admin
    .meta({
      openapi: { method: "PUT", path: "/projects/by-external-id/{externalId}", tags: ["projects"] },
      organizationWide: true,
    })
    .input(PutProject)
    .output(ProjectView)
    .mutation(({ ctx, input }) => putProject(ctx, input)),
  remove: admin
    .meta({
      openapi: { method: "DELETE", path: "/projects/{id}", tags: ["projects"] },
      status: 204,
      organizationWide: true,
    })
    .input(ById)
    .output(z.void())
    .mutation(({ ctx, input }) => removeProject(ctx, input)),
});
