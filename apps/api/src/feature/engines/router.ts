import { z } from "zod";
import { router } from "../../trpc/init.ts";
import { viewer } from "../../trpc/procedures.ts";
import { listEngines } from "./list.ts";
import { EngineView } from "./view.ts";

export const enginesRouter = router({
  list: viewer.output(z.object({ items: z.array(EngineView) })).query(() => listEngines()),
});
