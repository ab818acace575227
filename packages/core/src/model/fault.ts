/** Who must act so that the same request succeeds. */
export type Blame = "request" | "server" | "target" | "store" | "archive" | "cofre";

export interface FaultTraits {
  readonly blame: Blame;
  /** Whether the same request may succeed later without anybody changing anything. */
  readonly retry: boolean;
}

/** The closed list of what can go wrong, ordered by who must act. Boundaries map these codes; nobody compares messages. */
export const FAULTS = {
  "input.invalid": { blame: "request", retry: false },
  "auth.required": { blame: "request", retry: false },
  "auth.forbidden": { blame: "request", retry: false },
  "not.found": { blame: "request", retry: false },
  "state.conflict": { blame: "request", retry: false },
  "resource.busy": { blame: "request", retry: true },
  "rate.limited": { blame: "request", retry: true },
  "input.too-large": { blame: "request", retry: false },
  "range.unsatisfiable": { blame: "request", retry: false },
  "engine.unsupported": { blame: "request", retry: false },
  "engine.version": { blame: "request", retry: false },

  "server.unreachable": { blame: "server", retry: true },
  "server.auth": { blame: "server", retry: false },
  "server.host-key": { blame: "server", retry: false },
  "server.permission": { blame: "server", retry: false },
  "server.tool-missing": { blame: "server", retry: false },
  "server.no-space": { blame: "server", retry: false },
  "server.read-only": { blame: "server", retry: false },
  "server.no-docker": { blame: "server", retry: false },

  "target.unreachable": { blame: "target", retry: true },
  "target.auth": { blame: "target", retry: false },
  "target.missing": { blame: "target", retry: false },
  "target.permission": { blame: "target", retry: false },
  "target.unsuitable": { blame: "target", retry: false },

  "hook.failed": { blame: "target", retry: false },
  "dump.failed": { blame: "target", retry: true },
  "dump.incomplete": { blame: "target", retry: true },
  "restore.failed": { blame: "target", retry: false },
  "restore.mismatch": { blame: "archive", retry: false },

  "store.unavailable": { blame: "store", retry: true },
  "store.no-space": { blame: "store", retry: false },
  "store.exists": { blame: "store", retry: false },

  "archive.missing": { blame: "archive", retry: false },
  "archive.damaged": { blame: "archive", retry: false },
  "archive.foreign": { blame: "archive", retry: false },

  "job.cancelled": { blame: "request", retry: true },
  "job.interrupted": { blame: "cofre", retry: true },
  "job.stalled": { blame: "target", retry: true },
  bug: { blame: "cofre", retry: true },
} as const satisfies Record<string, FaultTraits>;

export type FaultCode = keyof typeof FAULTS;

export function isFaultCode(value: unknown): value is FaultCode {
  return typeof value === "string" && Object.hasOwn(FAULTS, value);
}

export interface FaultDetails {
  /** One sentence: the next thing to do. */
  readonly hint?: string;
  readonly cause?: unknown;
  /** Ids, numbers, versions and the tail of a tool's own words. Never secrets, never whole commands. */
  readonly context?: Readonly<Record<string, string | number | boolean | null>>;
}

/** The one error of the house. Message: what was attempted and what was found, lower case, no full stop. */
export class Fault extends Error {
  override readonly name = "Fault";
  readonly code: FaultCode;
  readonly hint: string | undefined;
  readonly context: Readonly<Record<string, string | number | boolean | null>>;

  constructor(code: FaultCode, message: string, details: FaultDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.hint = details.hint;
    this.context = details.context ?? {};
  }

  get traits(): FaultTraits {
    return FAULTS[this.code];
  }
}

export function isFault(error: unknown, code?: FaultCode): error is Fault {
  return error instanceof Fault && (code === undefined || error.code === code);
}

/** Turns whatever was thrown into a Fault; an abort becomes `job.cancelled`, the unknown becomes `bug` with its cause kept. */
export function toFault(error: unknown): Fault {
  if (error instanceof Fault) return error;
  if (error instanceof Error && error.name === "AbortError") {
    if (error.cause instanceof Fault) return error.cause;
    return new Fault("job.cancelled", "the work was cancelled", { cause: error });
  }
  return new Fault("bug", "something broke on our side", { cause: error });
}
