import { router } from "../../trpc/init.ts";
import { open } from "../../trpc/procedures.ts";
import { VERSION } from "../../version.ts";
import { MeView } from "../session/view.ts";
import { completeSetup, isSetupOpen } from "./complete.ts";
import { CompleteSetup, SetupStateView } from "./view.ts";

export const setupRouter = router({
  state: open
    .output(SetupStateView)
    .query(async ({ ctx }) => ({ open: await isSetupOpen(ctx.deps.db), version: VERSION })),
  /** Makes the owner and signs them in. */
  complete: open
    .meta({ budget: "login" })
    .input(CompleteSetup)
    .output(MeView)
    .mutation(({ ctx, input }) => completeSetup(ctx, input)),
});
