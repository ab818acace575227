import type { ServerJobs } from "../host/server-jobs.ts";

/** What an attempt that was fed or streamed left cannot be taken up again: it is stopped and forgotten, and the work starts anew. */
export async function sweepOldAttempt(jobs: ServerJobs, journals: string, id: string): Promise<void> {
  const [old] = await jobs.poll(journals, [id]);
  if (old === undefined || old.state === "absent") return;
  if (old.state === "running" || old.state === "died") await jobs.cancel(journals, id);
  await jobs.forget(journals, id);
}
