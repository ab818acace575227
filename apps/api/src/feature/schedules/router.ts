import { z } from "zod";
import { router } from "../../trpc/init.ts";
import { later } from "../../trpc/later.ts";
import { admin, viewer } from "../../trpc/procedures.ts";
import { PreviewSchedule, PutSchedule, ScheduleView } from "./view.ts";

const OfResource = z.object({ resourceId: z.string() });

export const schedulesRouter = router({
  get: viewer
    .meta({ openapi: { method: "GET", path: "/resources/{resourceId}/schedule", tags: ["schedules"] } })
    .input(OfResource)
    .output(ScheduleView)
    .query(() => later()),
  put: admin
    .meta({ openapi: { method: "PUT", path: "/resources/{resourceId}/schedule", tags: ["schedules"] } })
    .input(PutSchedule)
    .output(ScheduleView)
    .mutation(() => later()),
  preview: viewer
    .input(PreviewSchedule)
    .output(z.object({ nextRuns: z.array(z.string()) }))
    .query(() => later()),
});
