import { Fault } from "@cofre/core/model";
import type { z } from "zod";
import type { Actor } from "../../auth/actor.ts";
import { findByUser } from "../../auth/find-actor.ts";
import { eq } from "../../db/orm.ts";
import { organizations } from "../../db/schema/organizations.ts";
import { users } from "../../db/schema/users.ts";
import type { Deps } from "../../deps.ts";
import type { Context } from "../../trpc/context.ts";
import type { ActorContext } from "../../trpc/procedures.ts";
import { VERSION } from "../../version.ts";
import { definedOf } from "../defined.ts";
import type { ChangeMe, ChangeOrganization, ChangePassword, MeView, SignIn } from "./view.ts";

export async function viewMe(deps: Pick<Deps, "db">, actor: Actor): Promise<MeView> {
  const [organization] = await deps.db
    .select({ id: organizations.id, name: organizations.name })
    .from(organizations)
    .where(eq(organizations.id, actor.organizationId));
  const user = actor.kind === "user" ? await findUser(deps, actor.id) : undefined;
  return {
    kind: actor.kind,
    id: actor.id,
    name: user?.name ?? actor.name,
    email: user?.email ?? null,
    locale: localeOf(user?.locale),
    role: actor.role,
    projectId: actor.projectId,
    isInstanceOwner: actor.isInstanceOwner,
    organization: organization ?? { id: actor.organizationId, name: "" },
    version: VERSION,
  };
}

async function findUser({ db }: Pick<Deps, "db">, id: string) {
  const [user] = await db.select().from(users).where(eq(users.id, id));
  return user;
}

function localeOf(text: string | null | undefined): MeView["locale"] {
  return text === "pt-BR" || text === "en" ? text : null;
}

/**
 * Signs a person in by cookie. A wrong e-mail and a wrong password look the same.
 *
 * @throws Fault `auth.required`, or `rate.limited` after too many wrong attempts on this account
 */
export async function signIn(ctx: Context, input: z.infer<typeof SignIn>): Promise<MeView> {
  const { deps, caller } = ctx;
  const email = input.email.toLowerCase();
  ctx.trail.actor = { kind: "user", id: null, name: email };
  await deps.limits.take("account", email);
  const signedIn = await deps.sessions.signIn({ ...input, email, headers: caller.headers });
  const actor = signedIn === undefined ? undefined : await findByUser(deps, signedIn.userId);
  if (signedIn === undefined || actor === undefined) {
    throw new Fault("auth.required", "e-mail or password is wrong", {
      hint: "Try again; the console command reset-password sets a new password.",
    });
  }
  ctx.trail.actor = { kind: "user", id: actor.id, name: actor.name };
  ctx.trail.organizationId = actor.organizationId;
  await deps.limits.giveBack("account", email);
  await deps.limits.giveBack("login", caller.address);
  for (const cookie of signedIn.cookies) caller.addHeader("set-cookie", cookie);
  return await viewMe(deps, actor);
}

export async function signOut({ deps, caller }: Context): Promise<{ ok: true }> {
  for (const cookie of await deps.sessions.signOut(caller.headers)) caller.addHeader("set-cookie", cookie);
  return { ok: true };
}

export async function changeMe(
  { deps, actor }: ActorContext,
  input: z.infer<typeof ChangeMe>,
): Promise<MeView> {
  requirePerson(actor);
  await deps.db
    .update(users)
    .set({ ...definedOf(input), updatedAt: deps.now() })
    .where(eq(users.id, actor.id));
  return await viewMe(deps, actor);
}

export async function changePassword(
  ctx: ActorContext,
  input: z.infer<typeof ChangePassword>,
): Promise<{ ok: true }> {
  const { deps, actor, caller } = ctx;
  requirePerson(actor);
  const cookies = await deps.sessions.changePassword({ ...input, headers: caller.headers });
  if (cookies === undefined) throw new Fault("input.invalid", "the current password is wrong");
  for (const cookie of cookies) caller.addHeader("set-cookie", cookie);
  await deps.limits.giveBack("login", caller.address);
  return { ok: true };
}

export async function changeOrganization(
  { deps, actor, trail }: ActorContext,
  { name }: z.infer<typeof ChangeOrganization>,
): Promise<MeView> {
  trail.target = { kind: "organization", id: actor.organizationId, name };
  await deps.db
    .update(organizations)
    .set({ name, updatedAt: deps.now() })
    .where(eq(organizations.id, actor.organizationId));
  return await viewMe(deps, actor);
}

function requirePerson(actor: Actor): void {
  if (actor.kind === "user") return;
  throw new Fault("auth.forbidden", "a key has no name, language or password to change", {
    hint: "Sign in as a person.",
  });
}
