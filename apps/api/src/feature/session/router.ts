import { router } from "../../trpc/init.ts";
import { open, owner, viewer } from "../../trpc/procedures.ts";
import { changeMe, changeOrganization, changePassword, signIn, signOut, viewMe } from "./me.ts";
import { ChangeMe, ChangeOrganization, ChangePassword, Done, MeView, SignIn } from "./view.ts";

export const sessionRouter = router({
  /** Null when nobody is signed in. */
  me: open
    .output(MeView.nullable())
    .query(({ ctx }) => (ctx.actor === undefined ? null : viewMe(ctx.deps, ctx.actor))),
  signIn: open
    .meta({ budget: "login" })
    .input(SignIn)
    .output(MeView)
    .mutation(({ ctx, input }) => signIn(ctx, input)),
  signOut: open
    .meta({ unaudited: true })
    .output(Done)
    .mutation(({ ctx }) => signOut(ctx)),
  change: viewer
    .meta({ unaudited: true })
    .input(ChangeMe)
    .output(MeView)
    .mutation(({ ctx, input }) => changeMe(ctx, input)),
  /** Ends every other session of this user. */
  changePassword: viewer
    .meta({ budget: "login" })
    .input(ChangePassword)
    .output(Done)
    .mutation(({ ctx, input }) => changePassword(ctx, input)),
  changeOrganization: owner
    .meta({ organizationWide: true })
    .input(ChangeOrganization)
    .output(MeView)
    .mutation(({ ctx, input }) => changeOrganization(ctx, input)),
});
