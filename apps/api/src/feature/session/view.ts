import { z } from "zod";
import { ROLES } from "../../db/schema/memberships.ts";

export const MeView = z.object({
  kind: z.enum(["user", "key"]),
  id: z.string(),
  name: z.string(),
  email: z.string().nullable(),
  locale: z.enum(["pt-BR", "en"]).nullable(),
  role: z.enum(ROLES),
  /** Set for a key that sees one project alone. */
  projectId: z.string().nullable(),
  /** May use the machine that Cofre itself runs on. */
  isInstanceOwner: z.boolean(),
  organization: z.object({ id: z.string(), name: z.string() }),
  version: z.string(),
});
export type MeView = z.infer<typeof MeView>;

export const SignIn = z.object({ email: z.email().max(254), password: z.string().min(1).max(200) });

export const ChangeMe = z.object({
  name: z.string().trim().min(1).max(120).optional(),
  locale: z.enum(["pt-BR", "en"]).optional(),
});

export const ChangePassword = z.object({
  currentPassword: z.string().min(1).max(200),
  newPassword: z.string().min(10).max(200),
});

export const ChangeOrganization = z.object({ name: z.string().trim().min(1).max(120) });

export const Done = z.object({ ok: z.literal(true) });
