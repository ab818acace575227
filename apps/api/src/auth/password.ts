import { newId } from "../db/columns.ts";
import type { Database } from "../db/database.ts";
import { and, eq } from "../db/orm.ts";
import { accounts } from "../db/schema/accounts.ts";
import { memberships } from "../db/schema/memberships.ts";
import { sessions } from "../db/schema/sessions.ts";
import { users } from "../db/schema/users.ts";

/** How better-auth calls a login by e-mail and password. */
const PROVIDER = "credential";

export interface NewOwner {
  readonly organizationId: string;
  readonly name: string;
  readonly email: string;
  readonly password: string;
  readonly locale: "pt-BR" | "en" | null;
}

/** A salted scrypt hash, by better-auth's own function: it is who verifies it. */
export async function hashNewPassword(password: string): Promise<string> {
  const { hashPassword } = await import("better-auth/crypto");
  return await hashPassword(password);
}

/** Inserts a user who owns an organization, and returns its id. `passwordHash` is from `hashNewPassword`, made before the transaction. */
export async function insertOwner(
  tx: Database,
  owner: Omit<NewOwner, "password"> & { readonly passwordHash: string },
): Promise<string> {
  const id = newId();
  await tx
    .insert(users)
    .values({ id, name: owner.name, email: owner.email.toLowerCase(), locale: owner.locale });
  await tx
    .insert(accounts)
    .values({ userId: id, accountId: id, providerId: PROVIDER, password: owner.passwordHash });
  await tx.insert(memberships).values({ organizationId: owner.organizationId, userId: id, role: "owner" });
  return id;
}

/** Replaces a user's password and ends all their sessions. False when nobody has this e-mail. */
export async function resetPassword(db: Database, email: string, password: string): Promise<boolean> {
  const hash = await hashNewPassword(password);
  return await db.transaction(async (tx) => {
    const [user] = await tx.select({ id: users.id }).from(users).where(eq(users.email, email.toLowerCase()));
    if (user === undefined) return false;
    await tx
      .update(accounts)
      .set({ password: hash })
      .where(and(eq(accounts.userId, user.id), eq(accounts.providerId, PROVIDER)));
    await tx.delete(sessions).where(eq(sessions.userId, user.id));
    return true;
  });
}
