import { z } from "zod";

export const StoreView = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.enum(["directory"]),
  serverId: z.string().nullable(),
  root: z.string().nullable(),
  isDefault: z.boolean(),
  backupCount: z.number(),
  storedBytes: z.number(),
  freeBytes: z.number().nullable(),
  totalBytes: z.number().nullable(),
  checkedAt: z.string().nullable(),
  createdAt: z.string(),
  updatedAt: z.string(),
});
export type StoreView = z.infer<typeof StoreView>;

const name = z.string().trim().min(1).max(120);

export const AddStore = z.object({
  name,
  kind: z.enum(["directory"]).default("directory"),
  serverId: z.string(),
  /** Absolute folder on that server; made when it is not there. */
  root: z.string().min(2).max(1_000).startsWith("/"),
  /** Where the resources of that server rest unless told otherwise. */
  isDefault: z.boolean().default(false),
  /** False adds it without writing to it. */
  test: z.boolean().default(true),
});
export type AddStore = z.infer<typeof AddStore>;

export const ChangeStore = z.object({
  id: z.string(),
  name: name.optional(),
  isDefault: z.boolean().optional(),
});
export type ChangeStore = z.infer<typeof ChangeStore>;

export const StoreTestView = z.object({
  ok: z.boolean(),
  /** `check` is the id of a sentence: `reads-back`, `never-overwrites`. */
  checks: z.array(
    z.object({ check: z.string(), ok: z.boolean(), detail: z.string().nullable(), tookMs: z.number() }),
  ),
  freeBytes: z.number().nullable(),
  totalBytes: z.number().nullable(),
});
export type StoreTestView = z.infer<typeof StoreTestView>;
