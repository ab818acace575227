/** The typed client of Cofre. */

export type { FaultCode } from "@cofre/core/model";
export { ApiError, type ToldFault } from "./api-error.ts";
export { type Cofre, type CofreOptions, createCofre } from "./client.ts";
export type { FollowOptions, Jobs, WaitOptions } from "./jobs.ts";
export type { ObjectContent, ObjectFolder, ObjectRef, Objects, ReadObject, WriteOptions } from "./objects.ts";
export type {
  Backup,
  Call,
  CallOptions,
  Job,
  Procedures,
  Project,
  Resource,
  RouterInputs,
  RouterOutputs,
  Server,
} from "./procedures.ts";
export type { BackupRef, DecryptedDownload, Download, Downloads } from "./transfer.ts";
