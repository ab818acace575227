import { z } from "zod";
import { router } from "../../trpc/init.ts";
import { admin, viewer } from "../../trpc/procedures.ts";
import { getSchedule, previewSchedule, putSchedule } from "./schedule.ts";
import { PreviewSchedule, PutSchedule, ScheduleView } from "./view.ts";

const OfResource = z.object({ resourceId: z.string() });

export const schedulesRouter = router({
  get: viewer
    .meta({ openapi: { method: "GET", path: "/resources/{resourceId}/schedule", tags: ["schedules"] } })
    .input(OfResource)
    .output(ScheduleView)
    .query(({ ctx, input }) => getSchedule(ctx, input)),
  put: admin
    .meta({ openapi: { method: "PUT", path: "/resources/{resourceId}/schedule", tags: ["schedules"] } })
    .input(PutSchedule)
    .output(ScheduleView)
    .mutation(({ ctx, input }) => putSchedule(ctx, input)),
  preview: viewer
    .input(PreviewSchedule)
    .output(z.object({ nextRuns: z.array(z.string()) }))
    .query(({ ctx, input }) => previewSchedule(ctx, input)),
});
