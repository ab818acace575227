/** The typed client of Cofre. */

export type { FaultCode } from "@cofre/core/model";
export { ApiError, type ToldFault } from "./api-error.ts";
export {
  type Backup,
  type Cofre,
  type CofreOptions,
  createCofre,
  type Job,
  type Procedures,
  type Project,
  type Resource,
  type RouterInputs,
  type RouterOutputs,
  type Server,
} from "./client.ts";
export type { Jobs } from "./jobs.ts";
export type { BackupRef, Download, Downloads } from "./transfer.ts";
