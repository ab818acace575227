import { router } from "../../trpc/init.ts";
import { later } from "../../trpc/later.ts";
import { admin } from "../../trpc/procedures.ts";
import { pageOf } from "../page.ts";
import { AuditCheckView, AuditEventView, ListAudit } from "./view.ts";

export const auditRouter = router({
  list: admin
    .meta({ organizationWide: true })
    .input(ListAudit)
    .output(pageOf(AuditEventView))
    .query(() => later()),
  /** Follows the chain of digests from the first event to the last. */
  check: admin
    .meta({ organizationWide: true })
    .output(AuditCheckView)
    .query(() => later()),
});
