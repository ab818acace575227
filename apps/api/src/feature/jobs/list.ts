import type { ActorContext } from "../../trpc/procedures.ts";
import { cutPage, DEFAULT_LIMIT, type Page } from "../page.ts";
import { viewJobs } from "./get.ts";
import { selectJobs } from "./rows.ts";
import type { JobView, ListJobs } from "./view.ts";

export async function listJobs(ctx: ActorContext, input: ListJobs): Promise<Page<JobView>> {
  const { items, nextCursor } = cutPage(
    await selectJobs(ctx.deps.db, ctx.actor, input),
    input.limit ?? DEFAULT_LIMIT,
  );
  return { items: await viewJobs(ctx, items), nextCursor };
}
