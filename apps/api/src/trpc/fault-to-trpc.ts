import { type Fault, type FaultCode, Fault as FaultError, toFault } from "@cofre/core/model";
import { type TRPC_ERROR_CODE_KEY, TRPCError } from "@trpc/server";
import { ZodError } from "zod";

interface Mapped {
  /** HTTP status of the REST door. */
  readonly status: number;
  readonly trpc: TRPC_ERROR_CODE_KEY;
  readonly title: string;
}

/** The one place where fault codes become statuses; `rest.md` promises them. */
export const FAULT_STATUS = {
  "input.invalid": { status: 422, trpc: "UNPROCESSABLE_CONTENT", title: "Bad input" },
  "auth.required": { status: 401, trpc: "UNAUTHORIZED", title: "No valid key or session" },
  "auth.forbidden": { status: 403, trpc: "FORBIDDEN", title: "Not allowed" },
  "not.found": { status: 404, trpc: "NOT_FOUND", title: "Not found" },
  "state.conflict": { status: 409, trpc: "CONFLICT", title: "Not possible in this state" },
  "resource.busy": { status: 423, trpc: "CONFLICT", title: "Busy with another job" },
  "rate.limited": { status: 429, trpc: "TOO_MANY_REQUESTS", title: "Too many requests" },
  "input.too-large": { status: 413, trpc: "PAYLOAD_TOO_LARGE", title: "Too large" },
  "range.unsatisfiable": { status: 416, trpc: "BAD_REQUEST", title: "No such range" },
  "engine.unsupported": { status: 422, trpc: "UNPROCESSABLE_CONTENT", title: "Not supported" },
  "engine.version": { status: 422, trpc: "UNPROCESSABLE_CONTENT", title: "Versions do not fit" },

  "server.unreachable": { status: 502, trpc: "BAD_GATEWAY", title: "Server could not be reached" },
  "server.auth": { status: 502, trpc: "BAD_GATEWAY", title: "Server refused the login" },
  "server.host-key": { status: 409, trpc: "CONFLICT", title: "Host key is not confirmed" },
  "server.permission": { status: 502, trpc: "BAD_GATEWAY", title: "Not permitted on the server" },
  "server.tool-missing": { status: 502, trpc: "BAD_GATEWAY", title: "Tool missing on the server" },
  "server.no-space": { status: 507, trpc: "INTERNAL_SERVER_ERROR", title: "No space on the server" },
  "server.read-only": { status: 502, trpc: "BAD_GATEWAY", title: "File system is read-only" },
  "server.no-docker": { status: 502, trpc: "BAD_GATEWAY", title: "No container engine on the server" },

  "target.unreachable": { status: 502, trpc: "BAD_GATEWAY", title: "Target could not be reached" },
  "target.auth": { status: 502, trpc: "BAD_GATEWAY", title: "Target refused the login" },
  "target.missing": { status: 502, trpc: "BAD_GATEWAY", title: "Target is not there" },
  "target.permission": { status: 502, trpc: "BAD_GATEWAY", title: "Not permitted on the target" },
  "target.unsuitable": { status: 409, trpc: "CONFLICT", title: "Target is not suitable" },

  "hook.failed": { status: 502, trpc: "BAD_GATEWAY", title: "A command around the backup failed" },
  "dump.failed": { status: 502, trpc: "BAD_GATEWAY", title: "Dump failed" },
  "dump.incomplete": { status: 502, trpc: "BAD_GATEWAY", title: "Dump is incomplete" },
  "restore.failed": { status: 502, trpc: "BAD_GATEWAY", title: "Restore failed" },
  "restore.mismatch": { status: 409, trpc: "CONFLICT", title: "Restored data does not match" },

  "store.unavailable": { status: 502, trpc: "BAD_GATEWAY", title: "Store could not be reached" },
  "store.no-space": { status: 507, trpc: "INTERNAL_SERVER_ERROR", title: "No space in the store" },
  "store.exists": { status: 409, trpc: "CONFLICT", title: "Already there" },

  "archive.missing": { status: 409, trpc: "CONFLICT", title: "Archive is not there" },
  "archive.damaged": { status: 409, trpc: "CONFLICT", title: "Archive is damaged" },
  "archive.foreign": { status: 409, trpc: "CONFLICT", title: "Archive is not of this kind" },

  "job.cancelled": { status: 409, trpc: "CONFLICT", title: "Cancelled" },
  "job.interrupted": { status: 500, trpc: "INTERNAL_SERVER_ERROR", title: "Interrupted" },
  "job.stalled": { status: 502, trpc: "BAD_GATEWAY", title: "Stalled" },
  bug: { status: 500, trpc: "INTERNAL_SERVER_ERROR", title: "Something broke on our side" },
} as const satisfies Record<FaultCode, Mapped>;

export interface FieldError {
  readonly path: string;
  readonly message: string;
}

/** A fault as every door tells it. */
export interface ToldFault {
  readonly code: FaultCode;
  readonly message: string;
  readonly hint: string | null;
  readonly status: number;
  readonly requestId: string;
  readonly context: Readonly<Record<string, string | number | boolean | null>>;
  readonly errors: readonly FieldError[];
}

/** tRPC's own refusals (bad input, no such procedure) in the house's words. */
const TRPC_FAULTS: Partial<Record<TRPC_ERROR_CODE_KEY, FaultCode>> = {
  BAD_REQUEST: "input.invalid",
  PARSE_ERROR: "input.invalid",
  UNPROCESSABLE_CONTENT: "input.invalid",
  UNSUPPORTED_MEDIA_TYPE: "input.invalid",
  METHOD_NOT_SUPPORTED: "input.invalid",
  NOT_FOUND: "not.found",
  UNAUTHORIZED: "auth.required",
  FORBIDDEN: "auth.forbidden",
  PAYLOAD_TOO_LARGE: "input.too-large",
  TOO_MANY_REQUESTS: "rate.limited",
};

/** The fault inside whatever a procedure threw. */
export function faultOf(error: unknown): Fault {
  if (!(error instanceof TRPCError)) return toFault(error);
  if (error.cause instanceof FaultError) return error.cause;
  // tRPC blames the caller for an input that does not parse, and itself for an output that does not.
  const code = TRPC_FAULTS[error.code];
  if (code === undefined) return toFault(error.cause ?? error);
  return new FaultError(code, error.cause instanceof ZodError ? "the input is not valid" : error.message, {
    cause: error.cause,
  });
}

/** Each field that is wrong, by its path in the input. */
export function fieldErrorsOf(error: unknown): readonly FieldError[] {
  const cause = error instanceof Error ? error.cause : undefined;
  const zod = error instanceof ZodError ? error : cause;
  if (!(zod instanceof ZodError)) return [];
  return zod.issues.map((issue) => ({ path: issue.path.join("."), message: issue.message }));
}

const MOST_ERRORS = 100;

export function tellFault(error: unknown, requestId: string): ToldFault {
  const fault = faultOf(error);
  return {
    code: fault.code,
    message: fault.message,
    hint: fault.hint ?? null,
    status: FAULT_STATUS[fault.code].status,
    requestId,
    context: fault.context,
    errors: fieldErrorsOf(fault).slice(0, MOST_ERRORS),
  };
}

/** What a tRPC client sees: the fault under `data.fault`, and neither stack nor cause. */
export function faultShape<Shape extends { readonly message: string; readonly data: object }>(
  shape: Shape,
  error: TRPCError,
  requestId: string,
) {
  const fault = tellFault(error, requestId);
  const { stack: _never, ...data } = { stack: undefined, ...shape.data };
  return { ...shape, message: fault.message, data: { ...data, httpStatus: fault.status, fault } };
}

/** The tRPC error that carries a fault, with the code its client library understands. */
export function toTrpcError(error: unknown): TRPCError {
  if (error instanceof TRPCError) return error;
  const fault = toFault(error);
  return new TRPCError({ code: FAULT_STATUS[fault.code].trpc, message: fault.message, cause: fault });
}
