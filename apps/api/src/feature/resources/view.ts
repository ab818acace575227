import { BACKUP_STATUSES, RESOURCE_STATUSES, SAFETY_STATES } from "@cofre/core/model";
import { z } from "zod";
import { FaultView } from "../fault-view.ts";
import { PageInput } from "../page.ts";

const SecretView = z.object({ set: z.boolean() });

/** The engine's config as it may leave: secret fields say only whether they are set. */
export const ConfigView = z.looseObject({
  host: z.string().optional(),
  port: z.number().optional(),
  username: z.string().optional(),
  database: z.string().optional(),
  password: SecretView.optional(),
  paths: z.array(z.string()).optional(),
});

/** One sentence's code with the values in it: each reason has its own of these. Times are ISO 8601. */
const SafetyBecause = z.object({
  code: z.enum([
    "fresh",
    "tried",
    "failing",
    "suspicious",
    "overdue",
    "units-without",
    "no-schedule",
    "never",
    "gone",
  ]),
  at: z.string().nullable().optional(),
  bytes: z.number().optional(),
  nextAt: z.string().nullable().optional(),
  provenAt: z.string().optional(),
  failedAt: z.string().optional(),
  dueAt: z.string().optional(),
  fault: z.string().optional(),
  unit: z.string().optional(),
  units: z.array(z.string()).optional(),
  suspicion: z
    .object({ code: z.string() })
    .catchall(z.union([z.string(), z.number()]))
    .optional(),
});

export const SafetyView = z.object({
  state: z.enum(SAFETY_STATES),
  /** In English; the panel makes its own sentence of `because` and `step`. */
  reason: z.string(),
  nextStep: z.string(),
  because: SafetyBecause,
  step: z.enum([
    "none",
    "keep-a-copy-elsewhere",
    "fix-the-failure",
    "look-at-the-backup",
    "take-a-backup",
    "set-a-schedule",
    "find-the-resource",
  ]),
});

export const UnitView = z.object({ name: z.string(), sourceBytes: z.number().nullable() });

export const ResourceView = z.object({
  id: z.string(),
  projectId: z.string(),
  userId: z.string().nullable(),
  serverId: z.string(),
  serverName: z.string(),
  containerId: z.string().nullable(),
  containerName: z.string().nullable(),
  image: z.string().nullable(),
  name: z.string(),
  slug: z.string(),
  externalId: z.string().nullable(),
  /** The engine's id: `postgres`, `redis`, `files`… */
  type: z.string(),
  version: z.string().nullable(),
  status: z.enum(RESOURCE_STATUSES),
  health: z.enum(["healthy", "unhealthy", "starting"]).nullable(),
  detected: z.boolean(),
  config: ConfigView,
  /** From the last inspection; null when there was none. */
  units: z.array(UnitView).nullable(),
  inspectedAt: z.string().nullable(),
  /** Why the last inspection failed. */
  error: FaultView.nullable(),
  backupEnabled: z.boolean(),
  /** Cron line, or preset and hour (`daily 03:00`); null without a schedule. */
  backupSchedule: z.string().nullable(),
  /** Number of backups kept per unit; null without a schedule. */
  backupRetention: z.number().nullable(),
  nextBackupAt: z.string().nullable(),
  /** The newest attempt, whatever became of it. */
  lastBackup: z
    .object({
      id: z.string(),
      status: z.enum(BACKUP_STATUSES),
      completedAt: z.string().nullable(),
      size: z.number().nullable(),
    })
    .nullable(),
  safety: SafetyView,
  lastSeenAt: z.string().nullable(),
  removedAt: z.string().nullable(),
  createdAt: z.string(),
  updatedAt: z.string(),
});
export type ResourceView = z.infer<typeof ResourceView>;

export const ListResources = z.object({
  projectId: z.string(),
  /** The engine's id; `minio` is another name of `s3`. */
  type: z.string().max(40).optional(),
  status: z.enum(RESOURCE_STATUSES).optional(),
  /** Looks at the servers again before answering. */
  rescan: z.boolean().optional(),
  /** Those that were removed while their backups were kept, instead of the others. */
  removed: z.boolean().optional(),
  ...PageInput,
});
export type ListResources = z.infer<typeof ListResources>;

const name = z.string().trim().min(1).max(120);
const externalId = z.string().min(1).max(200);
/** Checked by the engine's own schema. */
const config = z.record(z.string(), z.unknown());

export const AddResource = z.object({
  projectId: z.string(),
  name,
  /** The engine's id; `minio` is another name of `s3`, which is what is answered. */
  type: z.string().min(1).max(40),
  serverId: z.string(),
  /** Id or name of a container on that server. */
  containerId: z.string().min(1).max(200).optional(),
  config: config.default({}),
  externalId: externalId.optional(),
  /** False adds it without trying to connect. */
  test: z.boolean().default(true),
});
export type AddResource = z.infer<typeof AddResource>;

export const PutResource = AddResource.extend({ externalId });
export type PutResource = z.infer<typeof PutResource>;

export const ChangeResource = z.object({
  projectId: z.string(),
  id: z.string(),
  name: name.optional(),
  /** Fields given replace those that are there; null forgets a field; a secret left out is kept. */
  config: config.optional(),
  /** Id of another project to move it to. */
  moveTo: z.string().optional(),
  externalId: externalId.nullable().optional(),
  test: z.boolean().default(true),
});
export type ChangeResource = z.infer<typeof ChangeResource>;

export const RemoveResource = z.object({
  projectId: z.string(),
  id: z.string(),
  backups: z.enum(["keep", "delete"]).optional(),
});
export type RemoveResource = z.infer<typeof RemoveResource>;

export const InspectionView = z.object({
  version: z.string(),
  units: z.array(UnitView),
  inspectedAt: z.string(),
});
export type InspectionView = z.infer<typeof InspectionView>;
