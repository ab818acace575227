export const BACKUP_STATUSES = ["pending", "running", "completed", "failed", "cancelled"] as const;
export type BackupStatus = (typeof BACKUP_STATUSES)[number];

export const BACKUP_ORIGINS = ["manual", "schedule", "upload", "safety"] as const;
export type BackupOrigin = (typeof BACKUP_ORIGINS)[number];

/** How deep an archive was checked: digest and codec to the last byte; the format's own structure; really loaded and counted. */
export const VALIDATION_DEPTHS = ["intact", "readable", "restorable"] as const;
export type ValidationDepth = (typeof VALIDATION_DEPTHS)[number];

export const SAFETY_STATES = ["proven", "protected", "local-only", "at-risk", "unprotected", "away"] as const;
export type SafetyState = (typeof SAFETY_STATES)[number];

export const RESOURCE_STATUSES = ["running", "stopped", "missing", "unknown"] as const;
export type ResourceStatus = (typeof RESOURCE_STATUSES)[number];

export const SCHEDULE_PRESETS = ["hourly", "daily", "weekly", "monthly"] as const;
export type SchedulePreset = (typeof SCHEDULE_PRESETS)[number];
