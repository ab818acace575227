import { z } from "zod";
import { router } from "../../trpc/init.ts";
import { admin, owner } from "../../trpc/procedures.ts";
import { getHooks, putHooks } from "./hooks.ts";
import { HooksView, PutHooks } from "./view.ts";

export const hooksRouter = router({
  get: admin
    .meta({ openapi: { method: "GET", path: "/resources/{resourceId}/hooks", tags: ["resources"] } })
    .input(z.object({ resourceId: z.string() }))
    .output(HooksView)
    .query(({ ctx, input }) => getHooks(ctx, input)),
  put: owner
    .meta({ openapi: { method: "PUT", path: "/resources/{resourceId}/hooks", tags: ["resources"] } })
    .input(PutHooks)
    .output(HooksView)
    .mutation(({ ctx, input }) => putHooks(ctx, input)),
});
