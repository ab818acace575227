import { tracked } from "@trpc/server";
import { z } from "zod";
import { router } from "../../trpc/init.ts";
import { operator, viewer } from "../../trpc/procedures.ts";
import { pageOf } from "../page.ts";
import { cancelJob } from "./cancel.ts";
import { followJobs } from "./follow.ts";
import { getJob } from "./get.ts";
import { listJobs } from "./list.ts";
import { FollowJobs, JobView, ListJobs } from "./view.ts";

const ById = z.object({ id: z.string() });

export const jobsRouter = router({
  list: viewer
    .meta({ openapi: { method: "GET", path: "/jobs", tags: ["jobs"] } })
    .input(ListJobs)
    .output(pageOf(JobView))
    .query(({ ctx, input }) => listJobs(ctx, input)),
  get: viewer
    .meta({ openapi: { method: "GET", path: "/jobs/{id}", tags: ["jobs"] } })
    .input(ById)
    .output(JobView)
    .query(({ ctx, input }) => getJob(ctx, input)),
  cancel: operator
    .meta({ openapi: { method: "POST", path: "/jobs/{id}/cancel", tags: ["jobs"] } })
    .input(ById)
    .output(JobView)
    .mutation(({ ctx, input }) => cancelJob(ctx, input)),
  /** Every change of the jobs that the caller may see, or of one. Starts with those that are open, so a reader that comes back misses nothing that still matters. */
  events: viewer.input(FollowJobs).subscription(async function* ({ ctx, input, signal }) {
    const until = signal ?? new AbortController().signal;
    for await (const job of followJobs(ctx, input, until)) yield tracked(eventIdOf(job), job);
  }),
});

function eventIdOf(job: JobView): string {
  return `${job.id}.${job.status}.${job.phase}.${job.progress.bytes}`;
}
