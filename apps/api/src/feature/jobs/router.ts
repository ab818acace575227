import { tracked } from "@trpc/server";
import { z } from "zod";
import { router } from "../../trpc/init.ts";
import { later } from "../../trpc/later.ts";
import { operator, viewer } from "../../trpc/procedures.ts";
import { pageOf } from "../page.ts";
import { FollowJobs, JobView, ListJobs } from "./view.ts";

const ById = z.object({ id: z.string() });

export const jobsRouter = router({
  list: viewer
    .meta({ openapi: { method: "GET", path: "/jobs", tags: ["jobs"] } })
    .input(ListJobs)
    .output(pageOf(JobView))
    .query(() => later()),
  get: viewer
    .meta({ openapi: { method: "GET", path: "/jobs/{id}", tags: ["jobs"] } })
    .input(ById)
    .output(JobView)
    .query(() => later()),
  cancel: operator
    .meta({ openapi: { method: "POST", path: "/jobs/{id}/cancel", tags: ["jobs"] } })
    .input(ById)
    .output(JobView)
    .mutation(() => later()),
  /** Every change of the jobs that the caller may see, or of one. Starts with those that are open. */
  events: viewer.input(FollowJobs).subscription(async function* () {
    const job: z.infer<typeof JobView> = later();
    yield tracked(job.id, job);
  }),
});
