import { Fault } from "@cofre/core/model";
import { hashNewPassword, insertOwner } from "../../auth/password.ts";
import type { Database } from "../../db/database.ts";
import { and, eq, isNull } from "../../db/orm.ts";
import { installation } from "../../db/schema/installation.ts";
import { organizations } from "../../db/schema/organizations.ts";
import type { Deps } from "../../deps.ts";
import type { Context } from "../../trpc/context.ts";
import { signIn } from "../session/me.ts";
import type { MeView } from "../session/view.ts";
import type { CompleteSetup } from "./view.ts";

/** Whether nobody has set this installation up yet. */
export async function isSetupOpen(db: Database): Promise<boolean> {
  const rows = await db
    .select({ slot: installation.slot })
    .from(installation)
    .where(isNull(installation.setUpAt));
  return rows.length > 0;
}

/**
 * Makes the installation's owner and signs them in.
 *
 * @throws Fault `state.conflict` when it was set up already; `auth.forbidden` when the code is not the console's
 */
export async function completeSetup(ctx: Context, input: CompleteSetup): Promise<MeView> {
  const { deps } = ctx;
  ctx.trail.actor = { kind: "user", id: null, name: input.email };
  if (!(await isSetupOpen(deps.db))) throw alreadySetUp();
  if (!deps.setup.opens(input.code)) {
    throw new Fault("auth.forbidden", "this is not the code that the console shows", {
      hint: "Copy the set-up code from the lines that Cofre printed when it started.",
    });
  }
  await makeOwner(deps, { ...input, organizationName: input.organizationName });
  return await signIn(ctx, { email: input.email, password: input.password });
}

export interface FirstOwner {
  readonly name: string;
  readonly email: string;
  readonly password: string;
  readonly locale: "pt-BR" | "en" | null;
  readonly organizationName?: string;
}

/** Closes the set-up and inserts its owner in one step: of two at once, one wins. */
export async function makeOwner(
  deps: Pick<Deps, "db" | "installation" | "now">,
  owner: FirstOwner,
): Promise<void> {
  const passwordHash = await hashNewPassword(owner.password);
  const { organizationId } = deps.installation;
  await deps.db.transaction(async (tx) => {
    const closed = await tx
      .update(installation)
      .set({ setUpAt: deps.now() })
      .where(and(eq(installation.slot, "here"), isNull(installation.setUpAt)))
      .returning({ slot: installation.slot });
    if (closed.length === 0) throw alreadySetUp();
    if (owner.organizationName !== undefined) {
      await tx
        .update(organizations)
        .set({ name: owner.organizationName, updatedAt: deps.now() })
        .where(eq(organizations.id, organizationId));
    }
    await insertOwner(tx, { ...owner, organizationId, passwordHash });
  });
}

function alreadySetUp(): Fault {
  return new Fault("state.conflict", "this installation was set up already", { hint: "Sign in." });
}
