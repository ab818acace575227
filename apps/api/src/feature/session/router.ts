import { router } from "../../trpc/init.ts";
import { later } from "../../trpc/later.ts";
import { open, owner, viewer } from "../../trpc/procedures.ts";
import { ChangeMe, ChangeOrganization, ChangePassword, Done, MeView, SignIn } from "./view.ts";

export const sessionRouter = router({
  /** Null when nobody is signed in. */
  me: open.output(MeView.nullable()).query(() => later()),
  signIn: open
    .meta({ budget: "login" })
    .input(SignIn)
    .output(MeView)
    .mutation(() => later()),
  signOut: open.output(Done).mutation(() => later()),
  change: viewer
    .input(ChangeMe)
    .output(MeView)
    .mutation(() => later()),
  /** Ends every other session of this user. */
  changePassword: viewer
    .meta({ budget: "login" })
    .input(ChangePassword)
    .output(Done)
    .mutation(() => later()),
  changeOrganization: owner
    .input(ChangeOrganization)
    .output(MeView)
    .mutation(() => later()),
});
