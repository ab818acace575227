import { z } from "zod";
import { ROLES } from "../../db/schema/memberships.ts";

export const ApiKeyView = z.object({
  id: z.string(),
  name: z.string(),
  role: z.enum(ROLES),
  projectId: z.string().nullable(),
  /** The key's first characters. */
  start: z.string(),
  createdBy: z.string().nullable(),
  expiresAt: z.string().nullable(),
  lastUsedAt: z.string().nullable(),
  revokedAt: z.string().nullable(),
  createdAt: z.string(),
});
export type ApiKeyView = z.infer<typeof ApiKeyView>;

export const CreateApiKey = z.object({
  name: z.string().trim().min(1).max(120),
  role: z.enum(ROLES).default("operator"),
  /** Set, the key sees this project alone. */
  projectId: z.string().optional(),
  expiresAt: z.iso.datetime({ offset: true }).optional(),
});
export type CreateApiKey = z.infer<typeof CreateApiKey>;

/** The only answer that ever holds the key itself. */
export const CreatedApiKey = z.object({ apiKey: ApiKeyView, key: z.string() });
export type CreatedApiKey = z.infer<typeof CreatedApiKey>;
