import { BACKUP_STATUSES } from "@cofre/core/model";
import { z } from "zod";
import { STORE_KINDS } from "../../db/schema/stores.ts";
import { OfBackup } from "../backups/view.ts";
import { FaultView } from "../fault-view.ts";
import { JobView } from "../jobs/view.ts";
import { PageInput } from "../page.ts";
import { PreviewSchedule, ScheduleView } from "../schedules/view.ts";

const Lock = z.object({
  /** COMPLIANCE binds everybody until the day has come; GOVERNANCE lets those go around it who may. */
  mode: z.enum(["GOVERNANCE", "COMPLIANCE"]),
  /** From the moment a backup is put there. */
  days: z.number().int().min(1).max(36_500),
});

/** How an S3 is reached and used, as far as it may be shown. */
const S3View = z.object({
  endpoint: z.string(),
  region: z.string(),
  bucket: z.string(),
  /** A folder of the bucket; empty for all of it. */
  prefix: z.string(),
  accessKey: z.string(),
  secretKey: z.object({ set: z.literal(true) }),
  pathStyle: z.boolean(),
  storageClass: z.string().nullable(),
  lock: Lock.nullable(),
  /** PEM certificates trusted instead of the system's. */
  ca: z.string().nullable(),
});

export const StoreView = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.enum(STORE_KINDS),
  /** Of a directory. */
  serverId: z.string().nullable(),
  root: z.string().nullable(),
  s3: S3View.nullable(),
  isDefault: z.boolean(),
  backupCount: z.number(),
  storedBytes: z.number(),
  /** Copies of backups that rest in another store first. */
  copyCount: z.number(),
  freeBytes: z.number().nullable(),
  totalBytes: z.number().nullable(),
  checkedAt: z.string().nullable(),
  createdAt: z.string(),
  updatedAt: z.string(),
});
export type StoreView = z.infer<typeof StoreView>;

const name = z.string().trim().min(1).max(120);

const S3Input = z.object({
  endpoint: z.url({ protocol: /^https?$/ }).max(500),
  region: z.string().min(1).max(60).default("us-east-1"),
  bucket: z.string().min(3).max(63),
  prefix: z
    .string()
    .max(400)
    .transform((text) => text.replace(/^\/+|\/+$/g, ""))
    .default(""),
  accessKey: z.string().min(1).max(300),
  secretKey: z.string().min(1).max(1_000),
  /** `endpoint/bucket` instead of `bucket.endpoint`: MinIO and most that are not AWS. */
  pathStyle: z.boolean().default(true),
  storageClass: z
    .string()
    .regex(/^[A-Z_]{1,40}$/)
    .optional(),
  /** Needs a bucket that was made with Object Lock. */
  lock: Lock.optional(),
  ca: z.string().startsWith("-----BEGIN CERTIFICATE-----").max(100_000).optional(),
});
export type S3Input = z.infer<typeof S3Input>;

export const AddStore = z
  .object({
    name,
    kind: z.enum(STORE_KINDS).default("directory"),
    /** Of a directory. */
    serverId: z.string().optional(),
    /** Absolute folder on that server; made when it is not there. */
    root: z.string().min(2).max(1_000).startsWith("/").optional(),
    /** Of an S3. */
    s3: S3Input.optional(),
    /** Where the resources of that server rest unless told otherwise. */
    isDefault: z.boolean().default(false),
    /** False adds it without writing to it. */
    test: z.boolean().default(true),
  })
  .refine(({ kind, serverId, root }) => kind === "s3" || (serverId !== undefined && root !== undefined), {
    error: "a directory needs serverId and root",
  })
  .refine(({ kind, s3 }) => kind === "directory" || s3 !== undefined, {
    error: "an S3 needs s3",
    path: ["s3"],
  });
export type AddStore = z.infer<typeof AddStore>;

export const ChangeStore = z.object({
  id: z.string(),
  name: name.optional(),
  isDefault: z.boolean().optional(),
  /** What is left out stays as it is, the secret key too; null takes away what may be absent. */
  s3: z
    .object({
      endpoint: S3Input.shape.endpoint.optional(),
      region: z.string().min(1).max(60).optional(),
      accessKey: S3Input.shape.accessKey.optional(),
      secretKey: S3Input.shape.secretKey.optional(),
      pathStyle: z.boolean().optional(),
      storageClass: S3Input.shape.storageClass.nullable(),
      lock: Lock.nullable().optional(),
      ca: S3Input.shape.ca.nullable(),
    })
    .optional(),
  /** Of an S3 whose settings change. */
  test: z.boolean().default(true),
});
export type ChangeStore = z.infer<typeof ChangeStore>;

export const StoreTestView = z.object({
  ok: z.boolean(),
  /**
   * `check` is the id of a sentence: `reads-back`, `never-overwrites`. `detail` is what was found; of one that is ok, what is to be
   * known all the same.
   */
  checks: z.array(
    z.object({ check: z.string(), ok: z.boolean(), detail: z.string().nullable(), tookMs: z.number() }),
  ),
  freeBytes: z.number().nullable(),
  totalBytes: z.number().nullable(),
});
export type StoreTestView = z.infer<typeof StoreTestView>;

/** Where backups rest and where copies of them go; null leaves it to the next wider choice. */
export const PutStoreChoice = z.object({
  storeId: z.string().nullable(),
  /** Backups that have none yet are copied too; an empty list wants none. */
  copyStoreIds: z.array(z.string()).max(10).nullable(),
  /** When those copies are made; null, or left out, after each backup. Goes with `copyStoreIds` only. */
  copySchedule: PreviewSchedule.nullable().default(null),
});
export type PutStoreChoice = z.infer<typeof PutStoreChoice>;

export const StoreChoice = PutStoreChoice.extend({
  copySchedule: ScheduleView.pick({
    ...{ preset: true, at: true, cron: true, timeZone: true },
    ...{ nextRuns: true, lastRunAt: true },
  }).nullable(),
});
export type StoreChoice = z.infer<typeof StoreChoice>;

export const CopyView = z.object({
  id: z.string(),
  backupId: z.string(),
  storeId: z.string(),
  storeName: z.string(),
  status: z.enum(BACKUP_STATUSES),
  error: FaultView.nullable(),
  /** Key in the store. */
  filepath: z.string().nullable(),
  /** Read back to its last byte, and equal. */
  verifiedAt: z.string().nullable(),
  jobId: z.string().nullable(),
  createdAt: z.string(),
});
export type CopyView = z.infer<typeof CopyView>;

export const ListCopies = OfBackup.extend(PageInput);
export type ListCopies = z.infer<typeof ListCopies>;

export const CopyAnswer = z.object({ copy: CopyView, job: JobView });
