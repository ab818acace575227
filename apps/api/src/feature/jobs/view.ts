import { JOB_KINDS, JOB_PHASES, JOB_STATUSES } from "@cofre/core/model";
import { z } from "zod";
import { FaultView } from "../fault-view.ts";
import { PageInput } from "../page.ts";

export const JobView = z.object({
  id: z.string(),
  kind: z.enum(JOB_KINDS),
  projectId: z.string().nullable(),
  serverId: z.string().nullable(),
  resourceId: z.string().nullable(),
  resourceName: z.string().nullable(),
  /** The first of `backupIds`. */
  backupId: z.string().nullable(),
  backupIds: z.array(z.string()),
  status: z.enum(JOB_STATUSES),
  phase: z.enum(JOB_PHASES),
  progress: z.object({
    bytes: z.number(),
    totalBytes: z.number().nullable(),
    bytesPerSecond: z.number(),
    secondsLeft: z.number().nullable(),
  }),
  error: FaultView.nullable(),
  /** What the operation wants a person to know although it succeeded. */
  warnings: z.array(z.string()),
  requestedBy: z.object({
    kind: z.enum(["user", "key", "schedule", "system"]),
    id: z.string().nullable(),
    name: z.string(),
  }),
  /** Somebody asked to stop it; it is still running until its status says otherwise. */
  cancelRequested: z.boolean(),
  createdAt: z.string(),
  startedAt: z.string().nullable(),
  finishedAt: z.string().nullable(),
});
export type JobView = z.infer<typeof JobView>;

export const ListJobs = z.object({
  projectId: z.string().optional(),
  resourceId: z.string().optional(),
  kind: z.enum(JOB_KINDS).optional(),
  status: z.enum(JOB_STATUSES).optional(),
  /** Only queued and running ones. */
  open: z.boolean().optional(),
  ...PageInput,
});
export type ListJobs = z.infer<typeof ListJobs>;

export const FollowJobs = z.object({
  /** Only this job; the stream ends when it does. */
  jobId: z.string().optional(),
  projectId: z.string().optional(),
  /** Id of the last event that was received: everything newer is sent again. */
  lastEventId: z.string().nullish(),
});
export type FollowJobs = z.infer<typeof FollowJobs>;
