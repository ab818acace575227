import type { RestoreChoices, VALIDATION_DEPTHS } from "@cofre/core/model";

/** What a job was asked, as it is kept in its row: a worker that finds the job after a crash needs nothing else. No secrets. */
export type JobRequest =
  | BackupJob
  | RestoreJob
  | ValidateJob
  | CopyJob
  | SyncJob
  | DeleteJob
  | ScanJob
  | CleanupJob;

export interface BackupJob {
  readonly kind: "backup";
  readonly runId: string;
  readonly storeId: string;
  /** Names asked for; empty asks for everything that is there when the job starts. */
  readonly units: readonly string[];
  /** Codec's id; absent takes the best that the server has. */
  readonly codec?: string;
  readonly format?: string;
  /** Ids of the keys that archives are encrypted for; none leaves them plain. */
  readonly keyIds?: readonly string[];
}

export interface RestoreJob {
  readonly kind: "restore";
  readonly backupId: string;
  /** Names in the archive and at the destination; empty restores everything under its own name. */
  readonly units: readonly { readonly from: string; readonly into: string }[];
  /** The resource that is restored into; the job's own `resourceId`. */
  readonly destinationResourceId: string;
  /** What is at the destination and not in the archive: taken away unless merged. */
  readonly mode?: "mirror" | "merge";
  /** What of the archive is left out. */
  readonly choices?: RestoreChoices;
  /** The pending backup of what is there now; null when it was declined. */
  readonly safetyBackupId: string | null;
}

export interface ValidateJob {
  readonly kind: "validate";
  readonly backupId: string;
  readonly depth: (typeof VALIDATION_DEPTHS)[number];
}

export interface CopyJob {
  readonly kind: "copy";
  readonly copyId: string;
}

/** A run of what is saved as the sync of the job's own resource. */
export interface SyncJob {
  readonly kind: "sync";
}

export interface DeleteJob {
  readonly kind: "delete";
  readonly backupIds: readonly string[];
  readonly reason: string;
}

export interface ScanJob {
  readonly kind: "scan";
  readonly serverId: string;
}

export interface CleanupJob {
  readonly kind: "cleanup";
  /** The restore whose kept old data is to be dropped: its undo window is over. */
  readonly restoreJobId?: string;
}
