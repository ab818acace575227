import { z } from "zod";
import { router } from "../../trpc/init.ts";
import { admin, operator, viewer } from "../../trpc/procedures.ts";
import { pageOf } from "../page.ts";
import { addResource } from "./add.ts";
import { changeResource, putResource, removeResource } from "./change.ts";
import { ConsoleView, readConsole } from "./console.ts";
import { getResource, listResources } from "./list.ts";
import { inspect, readLogs, restart } from "./operate.ts";
import {
  AddResource,
  ChangeResource,
  InspectionView,
  ListResources,
  PutResource,
  RemoveResource,
  ResourceView,
} from "./view.ts";

const OfProject = z.object({ projectId: z.string(), id: z.string() });
const ById = z.object({ id: z.string() });

export const resourcesRouter = router({
  list: viewer
    .meta({ openapi: { method: "GET", path: "/projects/{projectId}/resources", tags: ["resources"] } })
    .input(ListResources)
    .output(pageOf(ResourceView))
    .query(({ ctx, input }) => listResources(ctx, input)),
  get: viewer
    .meta({ openapi: { method: "GET", path: "/projects/{projectId}/resources/{id}", tags: ["resources"] } })
    .input(OfProject)
    .output(ResourceView)
    .query(({ ctx, input }) => getResource(ctx, input)),
  add: admin
    .meta({
      openapi: { method: "POST", path: "/projects/{projectId}/resources", tags: ["resources"] },
      status: 201,
    })
    .input(AddResource)
    .output(ResourceView)
    .mutation(({ ctx, input }) => addResource(ctx, input)),
  change: admin
    .meta({ openapi: { method: "PUT", path: "/projects/{projectId}/resources/{id}", tags: ["resources"] } })
    .input(ChangeResource)
    .output(ResourceView)
    .mutation(({ ctx, input }) => changeResource(ctx, input)),
  put: admin
    .meta({ openapi: { method: "PUT", path: "/resources/by-external-id/{externalId}", tags: ["resources"] } })
    .input(PutResource)
    .output(ResourceView)
    .mutation(({ ctx, input }) => putResource(ctx, input)),
  remove: admin
    .meta({
      openapi: { method: "DELETE", path: "/projects/{projectId}/resources/{id}", tags: ["resources"] },
      status: 204,
    })
    .input(RemoveResource)
    .output(z.void())
    .mutation(({ ctx, input }) => removeResource(ctx, input)),
  /** Asks the resource itself: version and units, kept for the next reader. */
  inspect: operator
    .input(ById)
    .output(InspectionView)
    .mutation(({ ctx, input }) => inspect(ctx, input)),
  logs: operator
    .meta({ openapi: { method: "GET", path: "/resources/{id}/logs", tags: ["resources"] } })
    .input(z.object({ id: z.string(), lines: z.number().int().min(1).max(5_000).optional() }))
    .output(z.object({ text: z.string() }))
    .query(({ ctx, input }) => readLogs(ctx, input)),
  /** Where the product's own web console is found. */
  console: operator
    .input(ById)
    .output(ConsoleView)
    .query(({ ctx, input }) => readConsole(ctx, input)),
  restart: operator
    .meta({ openapi: { method: "POST", path: "/resources/{id}/restart", tags: ["resources"] } })
    .input(ById)
    .output(ResourceView)
    .mutation(({ ctx, input }) => restart(ctx, input)),
});
