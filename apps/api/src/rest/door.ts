import type { Hono } from "hono";
import type { Deps } from "../deps.ts";
import type { Context } from "../trpc/context.ts";
import { createCallerFactory } from "../trpc/init.ts";
import { appRouter } from "../trpc/root.ts";
import { contextOf, type WebContext, type WebEnv } from "../web/request.ts";
import { answerOnce, type FullAnswer } from "./idempotency.ts";
import { readInput } from "./read-input.ts";
import { type RestRoute, restRoutes } from "./routes.ts";
import { waitForJob, waitSeconds } from "./wait.ts";

const callerFactory = createCallerFactory(appRouter);

/**
 * Opens the procedures' REST doors. Ours and not trpc-to-openapi's own handler, which writes coercion into the schemas that tRPC
 * shares (`null` becomes 0), does not decode paths, and builds the whole document for every request; the document is still its work.
 */
export function openDoors(app: Hono<WebEnv>, deps: Deps): void {
  for (const route of restRoutes()) {
    const path = `/api${route.path.replace(/\{(\w+)\}/g, ":$1")}`;
    app.on(route.method, path, async (c) => await answer(deps, route, c));
  }
}

async function answer(deps: Deps, route: RestRoute, c: WebContext): Promise<Response> {
  const ctx = await contextOf(deps, c);
  const input = await readInput(route, c);
  const once = () => call(ctx, { route, input, path: c.req.path });
  const key = c.req.header("idempotency-key");
  if (
    key === undefined ||
    ctx.actor === undefined ||
    route.method !== "POST" ||
    route.meta.unrepeatable === true
  ) {
    return respond(c, await waited(ctx, route, { c, given: await once() }));
  }
  const request = `${route.method} ${c.req.path} ${JSON.stringify(input)}`;
  const kept = await answerOnce(deps, { actor: ctx.actor, key, request }, once);
  if (kept.repeated) c.header("idempotency-replayed", "true");
  return respond(c, await waited(ctx, route, { c, given: kept }));
}

interface Call {
  readonly route: RestRoute;
  readonly input: Record<string, unknown>;
  readonly path: string;
}

async function call(ctx: Context, { route, input, path }: Call): Promise<FullAnswer> {
  const output = await run(ctx, route, input);
  const promised = route.meta.status ?? 200;
  const status = route.meta.mayTell === true && output !== undefined ? 200 : promised;
  const location = locationOf(path, { status, output });
  const headers: Record<string, string> = location === undefined ? {} : { location };
  return { status, headers, body: status === 204 ? "" : JSON.stringify(output) };
}

interface Given {
  readonly c: WebContext;
  readonly given: FullAnswer;
}

/**
 * `Prefer: wait=…`, after the answer was kept: the work has begun, and whatever breaks while waiting for its end (the catalogue away,
 * say) neither takes that back nor lets a repetition begin it again.
 */
async function waited(ctx: Context, { meta }: RestRoute, { c, given }: Given): Promise<FullAnswer> {
  const seconds = meta.long === true ? waitSeconds(c.req.header("prefer")) : 0;
  if (seconds === 0) return given;
  try {
    const output: unknown = JSON.parse(given.body);
    const body = JSON.stringify(await waitForJob(ctx, { output, seconds, signal: c.req.raw.signal }));
    return { ...given, headers: { ...given.headers, "preference-applied": `wait=${seconds}` }, body };
  } catch (error) {
    ctx.deps.log.warn({ err: error, requestId: ctx.caller.requestId }, "waiting for a job's end broke off");
    return given;
  }
}

/** Calls the procedure by its name, through the same middleware as tRPC's own door. */
async function run(ctx: Context, route: RestRoute, input: unknown): Promise<unknown> {
  let step: unknown = callerFactory(ctx);
  for (const name of route.name.split(".")) {
    // checked: the caller is made of functions and proxies, by the router's own names
    step = Reflect.get(step as object, name);
  }
  if (typeof step !== "function") throw new Error(`no procedure is named ${route.name}`);
  return await Reflect.apply(step, undefined, [input]);
}

function locationOf(
  path: string,
  { status, output }: { status: number; output: unknown },
): string | undefined {
  if (typeof output !== "object" || output === null) return undefined;
  if (status === 202 && "job" in output && hasId(output.job)) return `/api/jobs/${output.job.id}`;
  if (status !== 201) return undefined;
  if ("url" in output && typeof output.url === "string") return output.url;
  return hasId(output) ? `${path.replace(/\/$/, "")}/${output.id}` : undefined;
}

function hasId(value: unknown): value is { readonly id: string } {
  return typeof value === "object" && value !== null && "id" in value && typeof value.id === "string";
}

function respond(c: WebContext, { status, headers, body }: FullAnswer): Response {
  for (const [name, value] of Object.entries(headers)) c.header(name, value);
  if (status === 204) return c.body(null, 204);
  c.header("content-type", "application/json; charset=utf-8");
  // checked: statuses with a body come from the procedures' meta
  return c.body(body, status as 200 | 201 | 202);
}
