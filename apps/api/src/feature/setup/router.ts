import { router } from "../../trpc/init.ts";
import { later } from "../../trpc/later.ts";
import { open } from "../../trpc/procedures.ts";
import { MeView } from "../session/view.ts";
import { CompleteSetup, SetupStateView } from "./view.ts";

export const setupRouter = router({
  state: open.output(SetupStateView).query(() => later()),
  /** Makes the owner and signs them in. */
  complete: open
    .meta({ budget: "login" })
    .input(CompleteSetup)
    .output(MeView)
    .mutation(() => later()),
});
