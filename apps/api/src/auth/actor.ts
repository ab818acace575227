import { Fault } from "@cofre/core/model";
import type { Requester } from "../db/schema/jobs.ts";
import { ROLES, type Role } from "../db/schema/memberships.ts";

/** Who is asking, and within which bounds. Every query is scoped by it. */
export interface Actor {
  readonly kind: "user" | "key";
  readonly id: string;
  readonly name: string;
  readonly organizationId: string;
  readonly role: Role;
  /** Set for a key that sees one project alone. */
  readonly projectId: string | null;
  /** Owner of the installation's own organization: alone may use the machine that Cofre runs on, and arbitrary paths. */
  readonly isInstanceOwner: boolean;
}

export function hasRole(actor: Pick<Actor, "role">, needed: Role): boolean {
  return ROLES.indexOf(actor.role) >= ROLES.indexOf(needed);
}

/** The user behind an actor, for rows that remember one. */
export function userIdOf(actor: Actor): string | null {
  return actor.kind === "user" ? actor.id : null;
}

export function requesterOf(actor: Actor): Requester {
  return { kind: actor.kind, id: actor.id, name: actor.name };
}

/** Throws `auth.forbidden` for everybody but the instance's owner. */
export function requireInstanceOwner(actor: Actor, what: string): void {
  if (actor.isInstanceOwner) return;
  throw new Fault("auth.forbidden", `${what} is for this installation's owner alone`, {
    hint: "Ask the owner of this installation to do it.",
  });
}
