import type { Hono } from "hono";
import { sql } from "../db/orm.ts";
import type { Deps } from "../deps.ts";
import { exposition } from "../feature/metrics/exposition.ts";
import { requireActor } from "../trpc/procedures.ts";
import { VERSION } from "../version.ts";
import { contextOf, type WebEnv } from "./request.ts";

/** What machines ask of a machine: is it alive, can it work, what are its figures. */
export function openHealth(app: Hono<WebEnv>, deps: Deps): void {
  app.get("/api/health", (c) => c.json({ status: "ok", version: VERSION }));
  app.get("/api/ready", async (c) => {
    const database = await deps.db.execute(sql`select 1`).then(
      () => true,
      () => false,
    );
    const queue = await deps.isWorking();
    const ready = database && queue;
    return c.json({ status: ready ? "ready" : "not ready", database, queue }, ready ? 200 : 503);
  });
  app.get("/metrics", async (c) => {
    const ctx = await contextOf(deps, c);
    await deps.limits.take("address", ctx.caller.address);
    const actor = requireActor(ctx);
    await deps.limits.take("metrics", actor.id);
    const { type, text } = await exposition({ ...ctx, actor });
    return c.text(text, 200, { "content-type": type });
  });
}
