import { initTRPC } from "@trpc/server";
import type { OpenApiMeta } from "trpc-to-openapi";
import type { Context } from "./context.ts";
import { faultShape } from "./fault-to-trpc.ts";

/** What a procedure says of itself besides its input and output. */
export interface ProcedureMeta extends OpenApiMeta<Record<string, unknown>> {
  /** The REST answer's status when it went well; 200 when not given. */
  readonly status?: 201 | 202 | 204;
  /** With 204: an output that is not void answers 200 instead. */
  readonly mayTell?: true;
  /** The REST answer's Location, from the procedure's output. */
  readonly location?: (output: unknown) => string;
  /** `long` answers with a job: `Prefer: wait` is honoured. */
  readonly long?: true;
  /** Never kept for `Idempotency-Key`: the answer holds a secret. */
  readonly unrepeatable?: true;
  /** Refused to keys that see one project alone. */
  readonly organizationWide?: true;
  /** Changes nothing that anybody else could see: not in the audit. */
  readonly unaudited?: true;
  /** Which budget of the rate limits it draws from, besides the caller's own. */
  readonly budget?: "login" | "download" | "restore";
}

const t = initTRPC
  .context<Context>()
  .meta<ProcedureMeta>()
  .create({
    errorFormatter: ({ shape, error, ctx }) => faultShape(shape, error, ctx?.caller.requestId ?? ""),
    // One stream per tab; the ping keeps proxies from closing a silent one.
    sse: { ping: { enabled: true, intervalMs: 15_000 }, client: { reconnectAfterInactivityMs: 40_000 } },
  });

export const router = t.router;
export const middleware = t.middleware;
export const createCallerFactory = t.createCallerFactory;
export const procedure = t.procedure;
