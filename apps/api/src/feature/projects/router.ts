import { z } from "zod";
import { router } from "../../trpc/init.ts";
import { later } from "../../trpc/later.ts";
import { admin, viewer } from "../../trpc/procedures.ts";
import { PageInput, pageOf } from "../page.ts";
import { ChangeProject, CreateProject, ProjectView, PutProject } from "./view.ts";

const ById = z.object({ id: z.string() });

export const projectsRouter = router({
  list: viewer
    .meta({ openapi: { method: "GET", path: "/projects", tags: ["projects"] } })
    .input(z.object(PageInput))
    .output(pageOf(ProjectView))
    .query(() => later()),
  get: viewer
    .meta({ openapi: { method: "GET", path: "/projects/{id}", tags: ["projects"] } })
    .input(ById)
    .output(ProjectView)
    .query(() => later()),
  create: admin
    .meta({
      openapi: { method: "POST", path: "/projects", tags: ["projects"] },
      status: 201,
      organizationWide: true,
    })
    .input(CreateProject)
    .output(ProjectView)
    .mutation(() => later()),
  change: admin
    .meta({ openapi: { method: "PUT", path: "/projects/{id}", tags: ["projects"] } })
    .input(ChangeProject)
    .output(ProjectView)
    .mutation(() => later()),
  put: admin
    .meta({
      openapi: { method: "PUT", path: "/projects/by-external-id/{externalId}", tags: ["projects"] },
      organizationWide: true,
    })
    .input(PutProject)
    .output(ProjectView)
    .mutation(() => later()),
  remove: admin
    .meta({
      openapi: { method: "DELETE", path: "/projects/{id}", tags: ["projects"] },
      status: 204,
      organizationWide: true,
    })
    .input(ById)
    .output(z.void())
    .mutation(() => later()),
});
