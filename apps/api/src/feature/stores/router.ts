import { z } from "zod";
import { router } from "../../trpc/init.ts";
import { admin, viewer } from "../../trpc/procedures.ts";
import { PageInput, pageOf } from "../page.ts";
import { addStore, changeStore, removeStore } from "./change.ts";
import { getProjectChoice, getResourceChoice, putProjectChoice, putResourceChoice } from "./choices.ts";
import { getStore, listStores } from "./get.ts";
import { testStore } from "./trial.ts";
import { AddStore, ChangeStore, PutStoreChoice, StoreChoice, StoreTestView, StoreView } from "./view.ts";

const OfResource = z.object({ resourceId: z.string() });
const OfProject = z.object({ projectId: z.string() });
const ById = z.object({ id: z.string() });

export const storesRouter = router({
  list: viewer
    .meta({ openapi: { method: "GET", path: "/stores", tags: ["stores"] } })
    .input(z.object(PageInput))
    .output(pageOf(StoreView))
    .query(({ ctx, input }) => listStores(ctx, input)),
  get: viewer
    .meta({ openapi: { method: "GET", path: "/stores/{id}", tags: ["stores"] } })
    .input(ById)
    .output(StoreView)
    .query(({ ctx, input }) => getStore(ctx, input)),
  add: admin
    .meta({
      openapi: { method: "POST", path: "/stores", tags: ["stores"] },
      status: 201,
      organizationWide: true,
    })
    .input(AddStore)
    .output(StoreView)
    .mutation(({ ctx, input }) => addStore(ctx, input)),
  change: admin
    .meta({ openapi: { method: "PUT", path: "/stores/{id}", tags: ["stores"] }, organizationWide: true })
    .input(ChangeStore)
    .output(StoreView)
    .mutation(({ ctx, input }) => changeStore(ctx, input)),
  remove: admin
    .meta({
      openapi: { method: "DELETE", path: "/stores/{id}", tags: ["stores"] },
      status: 204,
      organizationWide: true,
    })
    .input(ById)
    .output(z.void())
    .mutation(({ ctx, input }) => removeStore(ctx, input)),
  test: admin
    .meta({
      openapi: { method: "POST", path: "/stores/{id}/test", tags: ["stores"] },
      organizationWide: true,
    })
    .input(ById)
    .output(StoreTestView)
    .mutation(({ ctx, input }) => testStore(ctx, input)),
  /** Where the backups of a resource rest, and where copies of them go. */
  ofResource: viewer
    .meta({ openapi: { method: "GET", path: "/resources/{resourceId}/stores", tags: ["stores"] } })
    .input(OfResource)
    .output(StoreChoice)
    .query(({ ctx, input }) => getResourceChoice(ctx, input)),
  chooseForResource: admin
    .meta({ openapi: { method: "PUT", path: "/resources/{resourceId}/stores", tags: ["stores"] } })
    .input(OfResource.extend(PutStoreChoice.shape))
    .output(StoreChoice)
    .mutation(({ ctx, input }) => putResourceChoice(ctx, input)),
  ofProject: viewer
    .meta({ openapi: { method: "GET", path: "/projects/{projectId}/stores", tags: ["stores"] } })
    .input(OfProject)
    .output(StoreChoice)
    .query(({ ctx, input }) => getProjectChoice(ctx, input)),
  chooseForProject: admin
    .meta({ openapi: { method: "PUT", path: "/projects/{projectId}/stores", tags: ["stores"] } })
    .input(OfProject.extend(PutStoreChoice.shape))
    .output(StoreChoice)
    .mutation(({ ctx, input }) => putProjectChoice(ctx, input)),
});
