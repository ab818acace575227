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
  /** Ids and numbers to act on: the job that is in the way, the seconds to wait. */
  readonly context: Readonly<Record<string, string | number | boolean | null>>;
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
  readonly context: ToldFault["context"];
  readonly errors: ToldFault["errors"];

  constructor(fault: ToldFault, cause?: unknown) {
    super(fault.message, cause === undefined ? undefined : { cause });
    this.code = fault.code;
    this.hint = fault.hint;
    this.status = fault.status;
    this.requestId = fault.requestId;
    this.context = fault.context;
    this.errors = fault.errors;
  }
}

/** An ApiError that the SDK itself has reason for: no server spoke of it. */
export function ownError(fault: Pick<ToldFault, "code" | "message" | "hint">, cause?: unknown): ApiError {
  return new ApiError({ ...fault, status: 0, requestId: "", context: {}, errors: [] }, cause);
}

/** Whatever a call threw, as an ApiError. */
export function toApiError(error: unknown, url: string): ApiError {
  if (error instanceof ApiError) return error;
  if (!(error instanceof TRPCClientError)) return unreachable(url, error);
  if (error.cause instanceof ApiError) return error.cause;
  const told = toldIn(error.data);
  if (told !== undefined) return new ApiError(told, error);
  const answer: unknown = error.meta?.response;
  return answer instanceof Response ? notCofre(url, answer.status, error) : unreachable(url, error);
}

/** The error of a plain HTTP answer (`application/problem+json`). */
export async function errorOfAnswer(answer: Response, url: string): Promise<ApiError> {
  const body: unknown = await answer.json().catch(() => undefined);
  if (!isObject(body) || typeof body.code !== "string") return notCofre(url, answer.status);
  return new ApiError(faultIn({ ...body, message: body.detail, status: answer.status }));
}

function unreachable(url: string, error: unknown): ApiError {
  return ownError(
    {
      code: "server.unreachable",
      message: `Cofre at ${url} did not answer: ${rootOf(error)}`,
      hint: "Look whether Cofre is running there and the address is right.",
    },
    error,
  );
}

/** Something answered, and it was a proxy's page or another program. */
export function notCofre(url: string, status: number, cause?: unknown): ApiError {
  const message = `what answers at ${url} is not Cofre: HTTP ${status} without a word of it`;
  const hint =
    "Look whether the address is right, and whether Cofre runs behind the proxy that answers there.";
  const fault = {
    code: "server.unreachable",
    message,
    hint,
    requestId: "",
    context: {},
    errors: [],
  } as const;
  return new ApiError({ ...fault, status }, cause);
}

/** The innermost reason: `fetch failed` says nothing, `connect ECONNREFUSED 127.0.0.1:3210` does. */
function rootOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return rootOf(error.errors[0]);
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? rootOf(error.cause) : error.message;
}

function toldIn(data: unknown): ToldFault | undefined {
  return isObject(data) && isObject(data.fault) ? faultIn(data.fault) : undefined;
}

/** Reads it field by field: the server may be of another version than this SDK. */
function faultIn(told: Readonly<Record<string, unknown>>): ToldFault {
  const { code, message, hint, status, requestId, context, errors } = told;
  return {
    code: isFaultCode(code) ? code : "bug",
    message: typeof message === "string" ? message : `the server answered ${String(code)}`,
    hint: typeof hint === "string" ? hint : null,
    status: typeof status === "number" ? status : 0,
    requestId: typeof requestId === "string" ? requestId : "",
    context: isObject(context) ? Object.fromEntries(Object.entries(context).filter(isPlain)) : {},
    errors: Array.isArray(errors) ? errors.filter(isFieldError) : [],
  };
}

function isPlain(entry: [string, unknown]): entry is [string, string | number | boolean | null] {
  return entry[1] === null || ["string", "number", "boolean"].includes(typeof entry[1]);
}

function isFieldError(error: unknown): error is ToldFault["errors"][number] {
  return isObject(error) && typeof error.path === "string" && typeof error.message === "string";
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
