import { type Blame, FAULTS, type FaultCode } from "@cofre/core/model";
import { ApiError } from "@cofre/sdk";

/** The command line itself was wrong. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** Several things were done and some of them failed: the first failure decides the exit code. */
export class PartlyFailed extends Error {
  override readonly name = "PartlyFailed";
  readonly first: unknown;
  /** What `--json` prints beside the error. */
  readonly result: object;

  constructor(message: string, { first, result }: { readonly first: unknown; readonly result: object }) {
    super(message, { cause: first });
    this.first = first;
    this.result = result;
  }
}

export interface Ending {
  readonly exitCode: number;
  readonly code: FaultCode | "usage";
  readonly message: string;
  readonly hint: string | null;
  readonly requestId: string;
  readonly isUsage: boolean;
  /** What was done nevertheless. */
  readonly result: object;
}

/** Who must act decides the exit code, so that a cron job's mail can be sorted without reading it. */
const EXIT_CODES: Readonly<Record<Blame, number>> = {
  request: 2,
  server: 3,
  target: 4,
  store: 5,
  archive: 6,
  cofre: 70,
};
const CANCELLED = 130;

export function endingOf(error: unknown): Ending {
  if (error instanceof PartlyFailed)
    return { ...endingOf(error.first), message: error.message, result: error.result };
  if (error instanceof UsageError) {
    return {
      exitCode: 2,
      code: "usage",
      message: error.message,
      hint: null,
      requestId: "",
      isUsage: true,
      result: {},
    };
  }
  if (error instanceof ApiError) {
    const { code, message, hint, requestId } = error;
    return { exitCode: exitCodeOf(code), code, message, hint, requestId, isUsage: false, result: {} };
  }
  const isAbort = error instanceof Error && error.name === "AbortError";
  return {
    exitCode: isAbort ? CANCELLED : EXIT_CODES.cofre,
    code: isAbort ? "job.cancelled" : "bug",
    message: error instanceof Error ? error.message : String(error),
    hint: null,
    requestId: "",
    isUsage: false,
    result: {},
  };
}

function exitCodeOf(code: FaultCode): number {
  return code === "job.cancelled" ? CANCELLED : EXIT_CODES[FAULTS[code].blame];
}
