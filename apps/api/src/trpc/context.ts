import type { Actor } from "../auth/actor.ts";
import type { AuditTarget } from "../db/schema/audit-events.ts";
import type { Requester } from "../db/schema/jobs.ts";
import type { Deps } from "../deps.ts";

/** Where a request came from. */
export interface Caller {
  readonly requestId: string;
  /** The client's own address, as far as trusted proxies tell it. */
  readonly address: string;
  readonly headers: Headers;
  /** The client went away. */
  readonly signal: AbortSignal;
  /** Adds a header to the answer; used for the session's cookie. */
  addHeader(name: string, value: string): void;
}

/** What a procedure is given. */
export interface Context {
  readonly deps: Deps;
  readonly caller: Caller;
  readonly actor: Actor | undefined;
  /** Why there is no actor although the request carried a key or a session. */
  readonly refusal: string | undefined;
  /** Filled by the procedure, read by the audit once it ended. */
  readonly trail: AuditTrail;
}

export interface AuditTrail {
  target: AuditTarget | null;
  /** Set where the one who acts is not signed in: the e-mail that was tried. */
  actor: Requester | null;
  organizationId: string | null;
}
