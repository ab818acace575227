import type { ObjectBrowser } from "@cofre/core";
import { Fault, toFault } from "@cofre/core/model";
import { appendAudit } from "../audit/append.ts";
import { type Actor, hasRole, requesterOf } from "../auth/actor.ts";
import { findBrowsed, openBrowser } from "../feature/buckets/browser.ts";
import type { Context } from "../trpc/context.ts";
import { requireActor } from "../trpc/procedures.ts";

export interface WantedObjects {
  readonly resourceId: string;
  /** For the audit: `buckets.read`. */
  readonly action: string;
  readonly signal: AbortSignal;
}

/** Somebody who may touch the objects of a resource. */
export interface Allowed {
  readonly ctx: Context;
  readonly actor: Actor;
  readonly wanted: WantedObjects;
  open(): Promise<ObjectBrowser>;
}

/**
 * Who reads or changes single objects; draws from the budget of downloads. Refusals are told to the audit.
 *
 * @throws Fault `auth.required`, `auth.forbidden`, `not.found`, `rate.limited`
 */
export async function allowObjects(ctx: Context, wanted: WantedObjects): Promise<Allowed> {
  const actor = requireActor(ctx);
  await ctx.deps.limits.take("download", actor.id);
  try {
    if (!hasRole(actor, "operator")) throw forbidden(actor);
    const row = await findBrowsed({ ...ctx, actor }, wanted.resourceId);
    return { ctx, actor, wanted, open: () => openBrowser(ctx, row, wanted.signal) };
  } catch (error) {
    await append({ ctx, actor, wanted }, { name: null, code: toFault(error).code });
    throw error;
  }
}

/** One event for each answer with bytes, and for each change. */
export async function recordObjects(allowed: Allowed, name: string): Promise<void> {
  await append(allowed, { name: name.slice(0, 1024), code: null });
}

async function append(
  { ctx, actor, wanted }: Pick<Allowed, "ctx" | "actor" | "wanted">,
  { name, code }: { readonly name: string | null; readonly code: Fault["code"] | null },
): Promise<void> {
  await appendAudit(ctx.deps.db, {
    organizationId: actor.organizationId,
    at: ctx.deps.now(),
    actor: requesterOf(actor),
    address: ctx.caller.address,
    requestId: ctx.caller.requestId,
    action: wanted.action,
    target: { kind: "resource", id: wanted.resourceId.slice(0, 100), name },
    result: code === null ? "ok" : "refused",
    code,
  });
}

function forbidden({ role }: Actor): Fault {
  return new Fault("auth.forbidden", `this needs the role operator, and this is ${role}`, {
    hint: "Ask an owner of the organization to do it, or for the role.",
    context: { needed: "operator", role },
  });
}
