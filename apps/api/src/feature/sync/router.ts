import { router } from "../../trpc/init.ts";
import { admin, operator, viewer } from "../../trpc/procedures.ts";
import { getSync, putSync, startSync } from "./sync.ts";
import { OfSync, PutSync, StartedSync, SyncView } from "./view.ts";

const PATH = "/resources/{resourceId}/sync";

export const syncRouter = router({
  get: viewer
    .meta({ openapi: { method: "GET", path: PATH, tags: ["buckets"] } })
    .input(OfSync)
    .output(SyncView)
    .query(({ ctx, input }) => getSync(ctx, input)),
  put: admin
    .meta({ openapi: { method: "PUT", path: PATH, tags: ["buckets"] } })
    .input(PutSync)
    .output(SyncView)
    .mutation(({ ctx, input }) => putSync(ctx, input)),
  /** A run now, besides those of the schedule. */
  start: operator
    .meta({ openapi: { method: "POST", path: PATH, tags: ["buckets"] }, status: 202, long: true })
    .input(OfSync)
    .output(StartedSync)
    .mutation(({ ctx, input }) => startSync(ctx, input)),
});
