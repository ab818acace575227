/** The vocabulary of Cofre. Imports nothing, runs anywhere, a browser included. */
export {
  BACKUP_ORIGINS,
  BACKUP_STATUSES,
  type BackupOrigin,
  type BackupStatus,
  RESOURCE_STATUSES,
  type ResourceStatus,
  SAFETY_STATES,
  type SafetyState,
  SCHEDULE_PRESETS,
  type SchedulePreset,
  VALIDATION_DEPTHS,
  type ValidationDepth,
} from "./backup.ts";
export {
  type DumpFormat,
  type EngineCapabilities,
  type EngineId,
  type EngineKind,
  type Inspection,
  RESTORE_OPTIONS,
  type RestoreChoices,
  type RestoreOption,
  type Unit,
  type UnitFacts,
} from "./engine.ts";
export {
  type Blame,
  FAULTS,
  Fault,
  type FaultCode,
  type FaultDetails,
  type FaultTraits,
  isFault,
  isFaultCode,
  toFault,
} from "./fault.ts";
export {
  isJobOver,
  JOB_KINDS,
  JOB_PHASES,
  JOB_STATUSES,
  type JobKind,
  type JobPhase,
  type JobProgress,
  type JobStatus,
} from "./job.ts";
export { redact, Secret } from "./secret.ts";
