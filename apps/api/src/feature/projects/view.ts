import { z } from "zod";

export const SelectorView = z.object({
  servers: z.array(z.string()),
  labels: z.record(z.string(), z.string()),
});

export const ProjectView = z.object({
  id: z.string(),
  name: z.string(),
  slug: z.string(),
  externalId: z.string().nullable(),
  /** What the project takes in by itself; null takes in nothing. Empty parts agree with everything. */
  selector: SelectorView.nullable(),
  createdAt: z.string(),
  updatedAt: z.string(),
  resourceCount: z.number(),
  /** Complete backups that are still there. */
  backupCount: z.number(),
  storedBytes: z.number(),
  lastBackupAt: z.string().nullable(),
  /** Share of the last 30 days' backups that completed, from 0 to 1; null without any. */
  successRate: z.number().nullable(),
  averageDurationMs: z.number().nullable(),
});
export type ProjectView = z.infer<typeof ProjectView>;

const name = z.string().trim().min(1).max(120);
const externalId = z.string().min(1).max(200);
const selector = z.object({
  servers: z.array(z.string()).max(200).default([]),
  labels: z.record(z.string().min(1).max(200), z.string().max(400)).default({}),
});

export const CreateProject = z.object({
  name,
  externalId: externalId.optional(),
  selector: selector.nullable().optional(),
});
export type CreateProject = z.infer<typeof CreateProject>;

export const ChangeProject = z.object({
  id: z.string(),
  name: name.optional(),
  externalId: externalId.nullable().optional(),
  selector: selector.nullable().optional(),
});
export type ChangeProject = z.infer<typeof ChangeProject>;

export const PutProject = z.object({ externalId, name, selector: selector.nullable().optional() });
export type PutProject = z.infer<typeof PutProject>;
