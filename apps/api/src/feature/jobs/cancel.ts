import { isJobOver } from "@cofre/core/model";
import type { ActorContext } from "../../trpc/procedures.ts";
import { conflict } from "../conflict.ts";
import { findJob, viewJob } from "./get.ts";
import type { JobView } from "./view.ts";

/** Asks the job to stop; it is over once its status says so. */
export async function cancelJob(ctx: ActorContext, { id }: { readonly id: string }): Promise<JobView> {
  const job = await findJob(ctx, id);
  ctx.trail.target = { kind: "job", id: job.id, name: job.kind };
  if (isJobOver(job.status)) {
    throw conflict(
      `this job is already over: it ${job.status === "cancelled" ? "was cancelled" : job.status}`,
      {
        status: job.status,
      },
    );
  }
  return await viewJob(ctx, await ctx.deps.queue.cancel(job));
}
