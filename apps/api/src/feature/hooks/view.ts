import { z } from "zod";

const Line = z.string().trim().min(1).max(4000);

/** Shell lines that run inside the resource's container, or on its server where there is none. */
export const HooksView = z.object({
  resourceId: z.string(),
  before: z.string().nullable(),
  after: z.string().nullable(),
  /** For each of the two; longer is a failure. */
  timeoutSeconds: z.number(),
  /** Null while nobody has saved any. */
  updatedAt: z.string().nullable(),
});
export type HooksView = z.infer<typeof HooksView>;

export const PutHooks = z.object({
  resourceId: z.string(),
  before: Line.nullable().optional(),
  after: Line.nullable().optional(),
  timeoutSeconds: z.number().int().min(1).max(3600).optional(),
});
export type PutHooks = z.infer<typeof PutHooks>;
