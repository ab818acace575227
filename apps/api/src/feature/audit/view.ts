import { z } from "zod";
import { AUDIT_RESULTS } from "../../db/schema/audit-events.ts";
import { PageInput } from "../page.ts";

export const AuditEventView = z.object({
  id: z.string(),
  position: z.number(),
  at: z.string(),
  actor: z.object({ kind: z.string(), id: z.string().nullable(), name: z.string() }),
  address: z.string().nullable(),
  requestId: z.string().nullable(),
  action: z.string(),
  target: z.object({ kind: z.string(), id: z.string().nullable(), name: z.string().nullable() }).nullable(),
  result: z.enum(AUDIT_RESULTS),
  code: z.string().nullable(),
  previousHash: z.string(),
  hash: z.string(),
});
export type AuditEventView = z.infer<typeof AuditEventView>;

export const ListAudit = z.object({
  action: z.string().max(80).optional(),
  targetId: z.string().max(80).optional(),
  result: z.enum(AUDIT_RESULTS).optional(),
  ...PageInput,
});
export type ListAudit = z.infer<typeof ListAudit>;

/** Whether every event's digest still follows from the one before. */
export const AuditCheckView = z.object({
  ok: z.boolean(),
  events: z.number(),
  /** Position of the first event that does not follow. */
  brokenAt: z.number().nullable(),
});
