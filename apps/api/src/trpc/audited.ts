import { appendAudit } from "../audit/append.ts";
import { requesterOf } from "../auth/actor.ts";
import type { AuditTarget } from "../db/schema/audit-events.ts";
import type { Requester } from "../db/schema/jobs.ts";
import type { Context } from "./context.ts";
import { FAULT_STATUS, faultOf } from "./fault-to-trpc.ts";
import type { ProcedureMeta } from "./init.ts";

/** One call of a procedure, once it ended. */
export interface EndedCall {
  readonly path: string;
  readonly type: "query" | "mutation" | "subscription";
  readonly meta: ProcedureMeta | undefined;
  readonly error: unknown;
  readonly input: unknown;
}

/**
 * Writes one event: for every change, done or not, and for every question that was refused. Changes of the caller's own session
 * and the like (`unaudited`) are told only when refused.
 */
export async function recordCall(ctx: Context, call: EndedCall): Promise<void> {
  const fault = call.error === undefined ? undefined : faultOf(call.error);
  const isRefusal = fault?.code === "auth.forbidden" || fault?.code === "not.found";
  const isChange = call.type === "mutation" && call.meta?.unaudited !== true;
  if (!isChange && !isRefusal) return;
  const actor = ctx.actor;
  // Nobody's wrong guesses are kept out of the audit by having no organization: they are this installation's matter.
  const organizationId =
    ctx.trail.organizationId ?? actor?.organizationId ?? ctx.deps.installation.organizationId;
  if (actor === undefined && ctx.trail.actor === null) return;
  await appendAudit(ctx.deps.db, {
    organizationId,
    at: ctx.deps.now(),
    actor: ctx.trail.actor ?? (actor === undefined ? NOBODY : requesterOf(actor)),
    address: ctx.caller.address,
    requestId: ctx.caller.requestId,
    action: call.path,
    target: ctx.trail.target ?? targetOf(call),
    result: fault === undefined ? "ok" : resultOf(fault.code),
    code: fault?.code ?? null,
  });
}

const NOBODY: Requester = { kind: "system", id: null, name: "nobody" };

function resultOf(code: keyof typeof FAULT_STATUS): "refused" | "failed" {
  return FAULT_STATUS[code].status < 500 ? "refused" : "failed";
}

/** What the call named, when it ended before it could say what that is. */
function targetOf({ path, input }: EndedCall): AuditTarget | null {
  if (typeof input !== "object" || input === null) return null;
  const kind = path.split(".")[0] ?? path;
  for (const field of ["id", "resourceId", "projectId", "externalId"] as const) {
    const value: unknown = Reflect.get(input, field);
    if (typeof value === "string") return { kind, id: value.slice(0, 100), name: null };
  }
  return null;
}
