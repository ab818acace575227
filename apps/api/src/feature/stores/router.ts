import { z } from "zod";
import { router } from "../../trpc/init.ts";
import { later } from "../../trpc/later.ts";
import { admin, viewer } from "../../trpc/procedures.ts";
import { PageInput, pageOf } from "../page.ts";
import { AddStore, ChangeStore, StoreTestView, StoreView } from "./view.ts";

const ById = z.object({ id: z.string() });

export const storesRouter = router({
  list: viewer
    .meta({ openapi: { method: "GET", path: "/stores", tags: ["stores"] } })
    .input(z.object(PageInput))
    .output(pageOf(StoreView))
    .query(() => later()),
  get: viewer
    .meta({ openapi: { method: "GET", path: "/stores/{id}", tags: ["stores"] } })
    .input(ById)
    .output(StoreView)
    .query(() => later()),
  add: admin
    .meta({
      openapi: { method: "POST", path: "/stores", tags: ["stores"] },
      status: 201,
      organizationWide: true,
    })
    .input(AddStore)
    .output(StoreView)
    .mutation(() => later()),
  change: admin
    .meta({ openapi: { method: "PUT", path: "/stores/{id}", tags: ["stores"] }, organizationWide: true })
    .input(ChangeStore)
    .output(StoreView)
    .mutation(() => later()),
  remove: admin
    .meta({
      openapi: { method: "DELETE", path: "/stores/{id}", tags: ["stores"] },
      status: 204,
      organizationWide: true,
    })
    .input(ById)
    .output(z.void())
    .mutation(() => later()),
  test: admin
    .meta({
      openapi: { method: "POST", path: "/stores/{id}/test", tags: ["stores"] },
      organizationWide: true,
    })
    .input(ById)
    .output(StoreTestView)
    .mutation(() => later()),
});
