import type { Context as HonoContext } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { Deps } from "../deps.ts";
import { FAULT_STATUS, faultOf, type ToldFault, tellFault } from "../trpc/fault-to-trpc.ts";
import type { WebEnv } from "./request.ts";

/** An error as `application/problem+json` (RFC 9457). */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly hint: string | null;
  readonly requestId: string;
  readonly errors?: ToldFault["errors"];
  /** Ids and numbers that a program may act on: the job that is in the way, both versions. */
  readonly context?: ToldFault["context"];
}

export function problemOf(told: ToldFault): Problem {
  return {
    type: `urn:cofre:fault:${told.code}`,
    title: FAULT_STATUS[told.code].title,
    status: told.status,
    detail: told.message,
    code: told.code,
    hint: told.hint,
    requestId: told.requestId,
    ...(told.errors.length === 0 ? {} : { errors: told.errors }),
    ...(Object.keys(told.context).length === 0 ? {} : { context: told.context }),
  };
}

/** Answers with the fault inside whatever was thrown; what is our own bug is logged, once, here. */
export function answerProblem(deps: Pick<Deps, "log">, c: HonoContext<WebEnv>, error: unknown): Response {
  const requestId = c.get("requestId") ?? "";
  const told = tellFault(error, requestId);
  logBug(deps, error, requestId);
  // checked: every status of the table may carry a body
  const answer = c.json(problemOf(told), told.status as ContentfulStatusCode, {
    "content-type": "application/problem+json",
  });
  for (const [name, value] of Object.entries(headersOf(told))) answer.headers.set(name, value);
  return answer;
}

export function headersOf(told: Pick<ToldFault, "code" | "context">): Record<string, string> {
  if (told.code === "rate.limited") return { "retry-after": String(told.context.retryAfterSeconds ?? 1) };
  if (told.code === "resource.busy") return { "retry-after": "10" };
  if (told.code === "auth.required") return { "www-authenticate": 'Bearer realm="cofre"' };
  return {};
}

/** The stack goes into the log, where only whoever runs Cofre reads it. */
export function logBug({ log }: Pick<Deps, "log">, error: unknown, requestId: string): void {
  const fault = faultOf(error);
  if (fault.code !== "bug") return;
  log.error({ requestId, err: fault.cause ?? fault }, "something broke on our side");
}
