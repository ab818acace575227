import { z } from "zod";
import { router } from "../../trpc/init.ts";
import { admin } from "../../trpc/procedures.ts";
import { PageInput, pageOf } from "../page.ts";
import { createApiKey, listApiKeys, revokeApiKey } from "./change.ts";
import { ApiKeyView, CreateApiKey, CreatedApiKey } from "./view.ts";

const organizationWide = true;

/** Keys of programs: tRPC only, `rest.md` gives `/api/keys` to encryption. */
export const apiKeysRouter = router({
  list: admin
    .meta({ organizationWide })
    .input(z.object(PageInput))
    .output(pageOf(ApiKeyView))
    .query(({ ctx, input }) => listApiKeys(ctx, input)),
  create: admin
    .meta({ organizationWide })
    .input(CreateApiKey)
    .output(CreatedApiKey)
    .mutation(({ ctx, input }) => createApiKey(ctx, input)),
  revoke: admin
    .meta({ organizationWide })
    .input(z.object({ id: z.string() }))
    .output(ApiKeyView)
    .mutation(({ ctx, input }) => revokeApiKey(ctx, input)),
});
