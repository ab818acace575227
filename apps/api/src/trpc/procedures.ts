import { Fault } from "@cofre/core/model";
import type { Actor } from "../auth/actor.ts";
import { hasRole } from "../auth/actor.ts";
import type { Role } from "../db/schema/memberships.ts";
import { recordCall } from "./audited.ts";
import type { Context } from "./context.ts";
import { toTrpcError } from "./fault-to-trpc.ts";
import { middleware, type ProcedureMeta, procedure } from "./init.ts";

/** A context whose actor is known. */
export interface ActorContext extends Context {
  readonly actor: Actor;
}

/** Speaks faults only, and tells the audit what was done or refused. It stands around everything else, bad input included. */
const audited = middleware(async ({ ctx, next, path, type, meta, getRawInput }) => {
  const result = await next();
  const error = result.ok ? undefined : toTrpcError(result.error);
  await recordCall(ctx, { path, type, meta, error, input: await getRawInput() });
  if (error !== undefined) throw error;
  return result;
});

const limited = middleware(async ({ ctx, next, meta }) => {
  const { limits } = ctx.deps;
  await limits.take("address", ctx.caller.address);
  if (ctx.actor !== undefined) await limits.take("caller", ctx.actor.id);
  const budget = meta?.budget;
  if (budget === "login") await limits.take("login", ctx.caller.address);
  else if (budget !== undefined && ctx.actor !== undefined) await limits.take(budget, ctx.actor.id);
  return await next();
});

function roleAtLeast(needed: Role) {
  return middleware(({ ctx, next, meta }) => {
    const actor = requireActor(ctx);
    requireRole(actor, needed, meta);
    return next({ ctx: { ...ctx, actor } });
  });
}

export function requireActor(ctx: Context): Actor {
  if (ctx.actor !== undefined) return ctx.actor;
  throw new Fault("auth.required", ctx.refusal ?? "this needs a key or a session", {
    hint: "Send an API key as `Authorization: Bearer cofre_…`, or sign in.",
  });
}

function requireRole(actor: Actor, needed: Role, meta: ProcedureMeta | undefined): void {
  if (!hasRole(actor, needed)) {
    throw new Fault("auth.forbidden", `this needs the role ${needed}, and this is ${actor.role}`, {
      hint: "Ask an owner of the organization to do it, or for the role.",
      context: { needed, role: actor.role },
    });
  }
  if (meta?.organizationWide === true && actor.projectId !== null) {
    throw new Fault(
      "auth.forbidden",
      "this key sees one project alone, and this concerns the whole organization",
      {
        hint: "Use a key that is not bound to a project.",
      },
    );
  }
}

const base = procedure.use(audited).use(limited);

/** For everybody, known or not. */
export const open = base;
/** May look. */
export const viewer = base.use(roleAtLeast("viewer"));
/** May also take, validate, restore and download backups. */
export const operator = base.use(roleAtLeast("operator"));
/** May also add, change and remove what is backed up, where and when. */
export const admin = base.use(roleAtLeast("admin"));
/** May also change the organization itself. */
export const owner = base.use(roleAtLeast("owner"));
