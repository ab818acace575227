import { z } from "zod";

/** A fault as it leaves: the same parts in REST, SDK and panel. */
export const FaultView = z.object({
  code: z.string(),
  message: z.string(),
  hint: z.string().nullable(),
});
export type FaultView = z.infer<typeof FaultView>;
