import { z } from "zod";
import { router } from "../../trpc/init.ts";
import { later } from "../../trpc/later.ts";
import { viewer } from "../../trpc/procedures.ts";
import { EngineView } from "./view.ts";

export const enginesRouter = router({
  list: viewer.output(z.object({ items: z.array(EngineView) })).query(() => later()),
});
