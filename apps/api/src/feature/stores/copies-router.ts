import { z } from "zod";
import { router } from "../../trpc/init.ts";
import { operator, viewer } from "../../trpc/procedures.ts";
import { OfBackup } from "../backups/view.ts";
import { pageOf } from "../page.ts";
import { createCopy, deleteCopy, listCopies } from "./copies.ts";
import { CopyAnswer, CopyView, ListCopies } from "./view.ts";

const BASE = "/resources/{resourceId}/backups/{id}/copies";

/** The same archive in further stores. */
export const copiesRouter = router({
  list: viewer
    .meta({ openapi: { method: "GET", path: BASE, tags: ["backups"] } })
    .input(ListCopies)
    .output(pageOf(CopyView))
    .query(({ ctx, input }) => listCopies(ctx, input)),
  create: operator
    .meta({ openapi: { method: "POST", path: BASE, tags: ["backups"] }, status: 202, long: true })
    .input(OfBackup.extend({ storeId: z.string() }))
    .output(CopyAnswer)
    .mutation(({ ctx, input }) => createCopy(ctx, input)),
  remove: operator
    .meta({ openapi: { method: "DELETE", path: `${BASE}/{copyId}`, tags: ["backups"] }, status: 204 })
    .input(OfBackup.extend({ copyId: z.string() }))
    .output(z.void())
    .mutation(({ ctx, input }) => deleteCopy(ctx, input)),
});
