import { router } from "../../trpc/init.ts";
import { later } from "../../trpc/later.ts";
import { viewer } from "../../trpc/procedures.ts";
import { OverviewView } from "./view.ts";

export const metricsRouter = router({
  overview: viewer.output(OverviewView).query(() => later()),
});
