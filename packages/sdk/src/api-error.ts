import type { FaultCode } from "@cofre/core/model";
import { isFaultCode } from "@cofre/core/model";
import { TRPCClientError } from "@trpc/client";

/** What the server told of a failure. */
export interface ToldFault {
  /** The same closed list that REST and the panel use. */
  readonly code: FaultCode;
  readonly message: string;
  /** One sentence: the next thing to do. */
  readonly hint: string | null;
  /** HTTP status; 0 when no answer came at all. */
  readonly status: number;
  /** Quote it when you report a problem. */
  readonly requestId: string;
  /** Each field that was wrong. */
  readonly errors: readonly { readonly path: string; readonly message: string }[];
}

/** The one error of the SDK. */
export class ApiError extends Error implements ToldFault {
  override readonly name = "ApiError";
  readonly code: FaultCode;
  readonly hint: string | null;
  readonly status: number;
  readonly requestId: string;
  readonly errors: ToldFault["errors"];

  constructor(fault: ToldFault, cause?: unknown) {
    super(fault.message, { cause });
    this.code = fault.code;
    this.hint = fault.hint;
    this.status = fault.status;
    this.requestId = fault.requestId;
    this.errors = fault.errors;
  }
}

/** Whatever a call threw, as an ApiError; an abort by the caller passes as it is. */
export function toApiError(error: unknown, url: string): unknown {
  if (error instanceof ApiError || isAbort(error)) return error;
  if (error instanceof TRPCClientError) {
    if (isAbort(error.cause)) return error.cause;
    return new ApiError(faultIn(error.data) ?? unreachable(url, error), error);
  }
  return new ApiError(unreachable(url, error), error);
}

/** The error of a plain HTTP answer (`application/problem+json`). */
export async function errorOfAnswer(answer: Response): Promise<ApiError> {
  const body: unknown = await answer.json().catch(() => undefined);
  const told = typeof body === "object" && body !== null ? body : {};
  return new ApiError({
    code: "code" in told && isFaultCode(told.code) ? told.code : "bug",
    message: textIn(told, "detail") ?? `the server answered ${answer.status}`,
    hint: textIn(told, "hint") ?? null,
    status: answer.status,
    requestId: textIn(told, "requestId") ?? "",
    errors: [],
  });
}

function textIn(told: object, name: string): string | undefined {
  const value: unknown = Reflect.get(told, name);
  return typeof value === "string" ? value : undefined;
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === "AbortError";
}

function unreachable(url: string, error: unknown): ToldFault {
  return {
    code: "server.unreachable",
    message: `Cofre at ${url} did not answer: ${error instanceof Error ? error.message : String(error)}`,
    hint: "Look whether Cofre is running there and the address is right.",
    status: 0,
    requestId: "",
    errors: [],
  };
}

function faultIn(data: unknown): ToldFault | undefined {
  if (typeof data !== "object" || data === null || !("fault" in data)) return undefined;
  return isToldFault(data.fault) ? data.fault : undefined;
}

function isToldFault(value: unknown): value is ToldFault {
  return typeof value === "object" && value !== null && "code" in value && isFaultCode(value.code);
}
