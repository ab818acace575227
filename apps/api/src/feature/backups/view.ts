import { BACKUP_ORIGINS, BACKUP_STATUSES, VALIDATION_DEPTHS } from "@cofre/core/model";
import { z } from "zod";
import { FaultView } from "../fault-view.ts";
import { JobView } from "../jobs/view.ts";
import { PageInput } from "../page.ts";

export const BackupView = z.object({
  id: z.string(),
  runId: z.string(),
  projectId: z.string(),
  resourceId: z.string(),
  userId: z.string().nullable(),
  storeId: z.string(),
  unit: z.string(),
  type: z.enum(["database", "files"]),
  /** The engine's id; null for files. */
  dbType: z.string().nullable(),
  engineVersion: z.string().nullable(),
  filename: z.string().nullable(),
  filepath: z.string().nullable(),
  size: z.number().nullable(),
  createdAt: z.string(),
  startedAt: z.string().nullable(),
  completedAt: z.string().nullable(),
  status: z.enum(BACKUP_STATUSES),
  error: FaultView.nullable(),
  origin: z.enum(BACKUP_ORIGINS),
  sha256: z.string().nullable(),
  format: z.string().nullable(),
  /** From the dump outwards: `["zstd"]`. */
  stages: z.array(z.string()),
  units: z.array(z.object({ name: z.string(), counts: z.record(z.string(), z.number()).optional() })),
  validation: z
    .object({
      depth: z.enum(VALIDATION_DEPTHS),
      ok: z.boolean(),
      at: z.string(),
      /** Why it is not whole; with `ok`, what is wrong with its first place, while a copy is whole. */
      error: FaultView.nullable(),
    })
    .nullable(),
  pinned: z.boolean(),
  note: z.string().nullable(),
  /** Why it looks wrong although it completed (empty, far smaller than before), with the numbers; null when it does not. */
  suspicion: z
    .object({ code: z.enum(["empty", "emptied", "tables-lost", "shrunken"]) })
    .catchall(z.union([z.string(), z.number()]))
    .nullable(),
  /** Somebody looked at it and said that it is as it should be. */
  acceptedAt: z.string().nullable(),
  warnings: z.array(z.string()),
  jobId: z.string().nullable(),
  /** It was asked to go, and its bytes are not gone yet. */
  deleting: z.boolean(),
});
export type BackupView = z.infer<typeof BackupView>;

export const ListBackups = z.object({
  resourceId: z.string(),
  status: z.enum(BACKUP_STATUSES).optional(),
  origin: z.enum(BACKUP_ORIGINS).optional(),
  ...PageInput,
});
export type ListBackups = z.infer<typeof ListBackups>;

export const OfBackup = z.object({ resourceId: z.string(), id: z.string() });
export type OfBackup = z.infer<typeof OfBackup>;

const unitName = z.string().min(1).max(1_000);

export const CreateBackup = z.object({
  resourceId: z.string(),
  /** Names from the resource's units; everything when not given. */
  units: z.array(unitName).min(1).max(1_000).optional(),
  /** Id of a store; the default one of the resource's server when not given. */
  store: z.string().optional(),
  compression: z.enum(["zstd", "gzip", "none"]).optional(),
  /** One of the engine's formats. */
  format: z.string().max(40).optional(),
  /** True for the chosen or only key, or the id of a key; what was chosen for the resource when not given. */
  encrypt: z.union([z.boolean(), z.string()]).optional(),
  note: z.string().max(1_000).optional(),
});
export type CreateBackup = z.infer<typeof CreateBackup>;

export const CreatedBackups = z.object({ runId: z.string(), backups: z.array(BackupView), job: JobView });
export type CreatedBackups = z.infer<typeof CreatedBackups>;

export const ChangeBackup = OfBackup.extend({
  pinned: z.boolean().optional(),
  /** Says that a suspicious backup is as it should be, so that retention goes on. */
  accepted: z.boolean().optional(),
  note: z.string().max(1_000).nullable().optional(),
});
export type ChangeBackup = z.infer<typeof ChangeBackup>;

export const ValidateBackup = OfBackup.extend({ depth: z.enum(VALIDATION_DEPTHS).optional() });
export type ValidateBackup = z.infer<typeof ValidateBackup>;

export const RestoreBackup = OfBackup.extend({
  /** A backup of what is there now, before anything is changed. On unless declined. */
  safetyBackup: z.boolean().optional(),
  destination: z
    .object({
      /** Another resource of the same engine. */
      resourceId: z.string().optional(),
      /** Another name for the unit, when the archive holds one. */
      unit: unitName.optional(),
      bucket: unitName.optional(),
      path: z.string().min(1).max(4_000).startsWith("/").optional(),
    })
    .optional(),
  /** Only these units of the archive. */
  units: z.array(unitName).min(1).max(1_000).optional(),
  /** Buckets alone: `merge` leaves what was added since, `mirror`, as every other engine does, takes it away. */
  mode: z.enum(["mirror", "merge"]).optional(),
  /** Who owns each object, as in the backup; otherwise the resource's own user. Where the engine has it; on unless declined. */
  ownership: z.boolean().optional(),
  /** What others were granted. Where the engine has it; on unless declined. */
  rights: z.boolean().optional(),
  /** Users and groups that are missing at the destination, as they were, but without password. Where the engine has it; on unless declined. */
  roles: z.boolean().optional(),
});
export type RestoreBackup = z.infer<typeof RestoreBackup>;

export const JobAnswer = z.object({ job: JobView });
export const RestoreAnswer = z.object({ job: JobView, safetyBackupId: z.string().nullable() });

export const DownloadLink = z.object({ id: z.string(), url: z.string(), expiresAt: z.string() });
export type DownloadLink = z.infer<typeof DownloadLink>;
