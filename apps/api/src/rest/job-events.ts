import type { Hono } from "hono";
import { streamSSE } from "hono/streaming";
import type { Deps } from "../deps.ts";
import { followJobs } from "../feature/jobs/follow.ts";
import { findJob } from "../feature/jobs/get.ts";
import { requireActor } from "../trpc/procedures.ts";
import { contextOf, type WebEnv } from "../web/request.ts";

const PING_MS = 15_000;

/** A job's progress for programs without tRPC: `GET /api/jobs/:id/events`. */
export function openJobEvents(app: Hono<WebEnv>, deps: Deps): void {
  app.get("/api/jobs/:id/events", async (c) => {
    const ctx = await contextOf(deps, c);
    await deps.limits.take("address", ctx.caller.address);
    const actor = requireActor(ctx);
    await deps.limits.take("events", actor.id);
    const jobId = c.req.param("id");
    // Before the stream begins, so that a wrong id is a 404 and not a silent stream.
    await findJob({ deps, actor }, jobId);
    return streamSSE(c, async (stream) => {
      const gone = new AbortController();
      stream.onAbort(() => gone.abort());
      const ping = setInterval(() => void stream.write(": still here\n\n"), PING_MS);
      try {
        for await (const job of followJobs({ deps, actor }, { jobId }, gone.signal)) {
          await stream.writeSSE({ event: "job", id: String(job.progress.bytes), data: JSON.stringify(job) });
        }
      } finally {
        clearInterval(ping);
      }
    });
  });
}
