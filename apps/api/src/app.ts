import { Fault } from "@cofre/core/model";
import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { newId } from "./db/columns.ts";
import type { Deps } from "./deps.ts";
import { addressesBehind } from "./limits/address.ts";
import { openDoors } from "./rest/door.ts";
import { openJobEvents } from "./rest/job-events.ts";
import { openApiDocument } from "./rest/openapi.ts";
import { openDownload } from "./transfer/download.ts";
import { carriesObject, openObjects } from "./transfer/object.ts";
import { createContext } from "./trpc/create-context.ts";
import { tellFault } from "./trpc/fault-to-trpc.ts";
import { appRouter } from "./trpc/root.ts";
import { baseUrlOf } from "./web/base-url.ts";
import { openHealth } from "./web/health.ts";
import { servePanel } from "./web/panel.ts";
import { answerProblem, headersOf, logBug } from "./web/problem.ts";
import { addressIn, callerOf, type WebContext, type WebEnv } from "./web/request.ts";
import { requireSameOrigin } from "./web/same-origin.ts";
import { securityHeaders } from "./web/security-headers.ts";

/** The largest JSON that anybody has reason to send: a private key, a long list of units. */
const BODY_BYTES = 1024 * 1024;
const TRPC = "/api/trpc";

/** The whole application without a socket: what a request goes in to and an answer comes out of. */
export function createApp(deps: Deps): Hono<WebEnv> {
  const app = new Hono<WebEnv>();
  app.onError((error, c) => answerProblem(deps, c, error));
  app.notFound((c) => answerProblem(deps, c, new Fault("not.found", `there is nothing at ${c.req.path}`)));
  guard(app, deps);
  openHealth(app, deps);
  app.all(`${TRPC}/*`, (c) => answerTrpc(deps, c));
  let document: Record<string, unknown> | undefined;
  app.get("/api/openapi.json", (c) => {
    document ??= openApiDocument("");
    return c.json({ ...document, servers: [{ url: `${baseUrlOf(deps.config, c.req.raw.headers)}/api` }] });
  });
  openJobEvents(app, deps);
  openDownload(app, deps);
  openObjects(app, deps);
  openDoors(app, deps);
  if (deps.panelFolder !== undefined) servePanel(app, deps.panelFolder);
  return app;
}

/** What stands before every route. */
function guard(app: Hono<WebEnv>, deps: Deps): void {
  const { config, log } = deps;
  const addressOf = addressesBehind(config.trustedProxies);
  app.use(securityHeaders(config.publicUrl?.startsWith("https:") ?? false));
  app.use(async (c, next) => {
    const requestId = newId();
    c.set("requestId", requestId);
    c.set("address", addressIn(c, addressOf));
    c.header("x-request-id", requestId);
    if (c.req.path.startsWith("/api/")) c.header("cache-control", "no-store");
    const began = performance.now();
    await next();
    // The path alone: a query may hold a download's token.
    const tookMs = Math.round(performance.now() - began);
    log.debug(
      { requestId, method: c.req.method, path: c.req.path, status: c.res.status, tookMs },
      "answered",
    );
  });
  app.use("/api/*", async (c, next) => {
    requireSameOrigin(c.req.raw, config.publicUrl);
    await next();
  });
  const tooLarge = () => {
    throw new Fault("input.too-large", `the body has more than ${BODY_BYTES} bytes`);
  };
  const limit = bodyLimit({ maxSize: BODY_BYTES, onError: tooLarge });
  app.use("/api/*", (c, next) => (carriesObject(c.req.method, c.req.path) ? next() : limit(c, next)));
}

/** Batches draw from the limits call by call; this keeps one request from holding the process for long. */
const BATCH = 50;

async function answerTrpc(deps: Deps, c: WebContext): Promise<Response> {
  const requestId = c.get("requestId");
  const answer = await fetchRequestHandler({
    endpoint: TRPC,
    router: appRouter,
    req: c.req.raw,
    maxBatchSize: BATCH,
    createContext: ({ resHeaders }) =>
      createContext(
        deps,
        callerOf(c, (name, value) => resHeaders.append(name, value)),
      ),
    onError: ({ error }) => logBug(deps, error, requestId),
    responseMeta: ({ errors }) => {
      const [first] = errors;
      return first === undefined ? {} : { headers: headersOf(tellFault(first, requestId)) };
    },
  });
  // A new one: headers of a finished answer may be sealed, and ours are still to be added.
  return new Response(answer.body, answer);
}
