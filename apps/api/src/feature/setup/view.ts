import { z } from "zod";

export const SetupStateView = z.object({
  /** Nobody has set this installation up yet: the page asks for the code that the console printed. */
  open: z.boolean(),
  version: z.string(),
});

export const CompleteSetup = z.object({
  /** As the console printed it; spaces, dashes and case do not matter. */
  code: z.string().min(1).max(100),
  name: z.string().trim().min(1).max(120),
  email: z.email().max(254),
  password: z.string().min(10).max(200),
  organizationName: z.string().trim().min(1).max(120).default("Cofre"),
  locale: z.enum(["pt-BR", "en"]).default("pt-BR"),
});
export type CompleteSetup = z.infer<typeof CompleteSetup>;
