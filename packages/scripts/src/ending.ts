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

  constructor(message: string, first: unknown) {
    super(message, { cause: first });
    this.first = first;
  }
}

export interface Ending {
  readonly exitCode: number;
  readonly code: FaultCode | "usage";
  readonly message: string;
  readonly hint: string | null;
  readonly requestId: string;
  readonly isUsage: boolean;
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
  if (error instanceof PartlyFailed) return { ...endingOf(error.first), message: error.message };
  if (error instanceof UsageError) {
    return { exitCode: 2, code: "usage", message: error.message, hint: null, requestId: "", isUsage: true };
  }
  if (error instanceof ApiError) {
    const { code, message, hint, requestId } = error;
    return { exitCode: exitCodeOf(code), code, message, hint, requestId, isUsage: false };
  }
  const isAbort = error instanceof Error && error.name === "AbortError";
  return {
    exitCode: isAbort ? CANCELLED : EXIT_CODES.cofre,
    code: isAbort ? "job.cancelled" : "bug",
    message: error instanceof Error ? error.message : String(error),
    hint: null,
    requestId: "",
    isUsage: false,
  };
}

function exitCodeOf(code: FaultCode): number {
  return code === "job.cancelled" ? CANCELLED : EXIT_CODES[FAULTS[code].blame];
}
