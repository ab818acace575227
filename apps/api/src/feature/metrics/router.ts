import { router } from "../../trpc/init.ts";
import { viewer } from "../../trpc/procedures.ts";
import { overview } from "./overview.ts";
import { OverviewView } from "./view.ts";

export const metricsRouter = router({
  overview: viewer.output(OverviewView).query(({ ctx }) => overview(ctx)),
});
