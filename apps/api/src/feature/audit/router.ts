import { router } from "../../trpc/init.ts";
import { admin } from "../../trpc/procedures.ts";
import { pageOf } from "../page.ts";
import { checkAudit, listAudit } from "./list.ts";
import { AuditCheckView, AuditEventView, ListAudit } from "./view.ts";

export const auditRouter = router({
  list: admin
    .meta({ organizationWide: true })
    .input(ListAudit)
    .output(pageOf(AuditEventView))
    .query(({ ctx, input }) => listAudit(ctx, input)),
  /** Follows the chain of digests from the first event to the last. */
  check: admin
    .meta({ organizationWide: true })
    .output(AuditCheckView)
    .query(({ ctx }) => checkAudit(ctx)),
});
