import type { Database } from "../db/database.ts";
import { eq } from "../db/orm.ts";
import { apiKeys } from "../db/schema/api-keys.ts";
import { memberships } from "../db/schema/memberships.ts";
import { users } from "../db/schema/users.ts";
import type { Deps } from "../deps.ts";
import type { Actor } from "./actor.ts";
import { bearerOf, hashApiKey } from "./api-key.ts";

/** Who is asking; without an actor, why not. */
export interface Found {
  readonly actor: Actor | undefined;
  /** Set when something was presented and refused. */
  readonly refusal: string | undefined;
  /** The refused key's own organization, whose audit is told. */
  readonly refusedKey:
    | { readonly organizationId: string; readonly id: string; readonly name: string }
    | undefined;
  /** Cookies to be renewed. */
  readonly cookies: readonly string[];
}

const NOBODY: Found = { actor: undefined, refusal: undefined, refusedKey: undefined, cookies: [] };

type Asking = Pick<Deps, "db" | "sessions" | "installation" | "now">;

/** A key in the Authorization header decides, and a wrong one is not forgiven because a cookie is there too. */
export async function findActor(deps: Asking, headers: Headers): Promise<Found> {
  const key = bearerOf(headers);
  if (key !== undefined) return await findByKey(deps, key);
  const session = await deps.sessions.find(headers);
  if (session === undefined) return NOBODY;
  const actor = await findByUser(deps, session.userId);
  if (actor === undefined) return { ...NOBODY, refusal: "this user belongs to no organization" };
  return { ...NOBODY, actor, cookies: session.cookies };
}

/** How stale `last_used_at` may be: it is for people, and a write per request is not. */
const LAST_USED_STEP_MS = 60_000;

async function findByKey(deps: Asking, key: string): Promise<Found> {
  const [row] = await deps.db
    .select()
    .from(apiKeys)
    .where(eq(apiKeys.hash, hashApiKey(key)));
  if (row === undefined) return { ...NOBODY, refusal: "this key is not known" };
  const now = deps.now();
  const refusedKey = { organizationId: row.organizationId, id: row.id, name: row.name };
  if (row.revokedAt !== null) return { ...NOBODY, refusal: "this key was revoked", refusedKey };
  if (row.expiresAt !== null && row.expiresAt <= now)
    return { ...NOBODY, refusal: "this key has expired", refusedKey };
  if (row.lastUsedAt === null || now.getTime() - row.lastUsedAt.getTime() > LAST_USED_STEP_MS) {
    await deps.db.update(apiKeys).set({ lastUsedAt: now }).where(eq(apiKeys.id, row.id));
  }
  const isOfInstance = row.organizationId === deps.installation.organizationId;
  const actor: Actor = {
    kind: "key",
    id: row.id,
    name: row.name,
    organizationId: row.organizationId,
    role: row.role,
    projectId: row.projectId,
    isInstanceOwner: isOfInstance && row.role === "owner" && row.projectId === null,
  };
  return { ...NOBODY, actor };
}

/** The user's membership; the oldest when there are several. */
export async function findByUser(
  deps: Pick<Deps, "db" | "installation">,
  userId: string,
): Promise<Actor | undefined> {
  const [row] = await membershipsOf(deps.db, userId);
  if (row === undefined) return undefined;
  return {
    kind: "user",
    id: userId,
    name: row.name,
    organizationId: row.organizationId,
    role: row.role,
    projectId: null,
    isInstanceOwner: row.organizationId === deps.installation.organizationId && row.role === "owner",
  };
}

function membershipsOf(db: Database, userId: string) {
  return db
    .select({ name: users.name, organizationId: memberships.organizationId, role: memberships.role })
    .from(memberships)
    .innerJoin(users, eq(users.id, memberships.userId))
    .where(eq(memberships.userId, userId))
    .orderBy(memberships.id)
    .limit(1);
}
