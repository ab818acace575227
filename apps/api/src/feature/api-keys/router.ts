import { z } from "zod";
import { router } from "../../trpc/init.ts";
import { later } from "../../trpc/later.ts";
import { admin } from "../../trpc/procedures.ts";
import { PageInput, pageOf } from "../page.ts";
import { ApiKeyView, CreateApiKey, CreatedApiKey } from "./view.ts";

/** Keys of programs: tRPC only, `rest.md` gives `/api/keys` to encryption. */
export const apiKeysRouter = router({
  list: admin
    .meta({ organizationWide: true })
    .input(z.object(PageInput))
    .output(pageOf(ApiKeyView))
    .query(() => later()),
  create: admin
    .meta({ organizationWide: true })
    .input(CreateApiKey)
    .output(CreatedApiKey)
    .mutation(() => later()),
  revoke: admin
    .meta({ organizationWide: true })
    .input(z.object({ id: z.string() }))
    .output(ApiKeyView)
    .mutation(() => later()),
});
