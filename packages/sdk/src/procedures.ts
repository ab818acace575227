import type { AppRouter } from "@cofre/api/router-type";
import type {
  AnyTRPCQueryProcedure,
  AnyTRPCSubscriptionProcedure,
  inferRouterInputs,
  inferRouterOutputs,
} from "@trpc/server";

export type RouterInputs = inferRouterInputs<AppRouter>;
export type RouterOutputs = inferRouterOutputs<AppRouter>;
export type Project = RouterOutputs["projects"]["list"]["items"][number];
export type Server = RouterOutputs["servers"]["list"]["items"][number];
export type Resource = RouterOutputs["resources"]["list"]["items"][number];
export type Backup = RouterOutputs["backups"]["list"]["items"][number];
export type Job = RouterOutputs["jobs"]["list"]["items"][number];

export interface CallOptions {
  /** Aborting it gives up the answer: the call rejects with the signal's reason. What the server began goes on. */
  readonly signal?: AbortSignal;
}

/** A question to the server, or an order. Rejects with an ApiError. */
export type Call<Input, Output> = undefined extends Input
  ? (input?: Input, options?: CallOptions) => Promise<Output>
  : (input: Input, options?: CallOptions) => Promise<Output>;

type Parts = AppRouter["_def"]["record"];

type Asked<Procedure, Input, Output> = Procedure extends AnyTRPCQueryProcedure
  ? { readonly query: Call<Input, Output> }
  : { readonly mutate: Call<Input, Output> };

type Calls<Part extends keyof Parts> = {
  readonly [Name in keyof Parts[Part] &
    keyof RouterInputs[Part] &
    keyof RouterOutputs[Part] as Parts[Part][Name] extends AnyTRPCSubscriptionProcedure
    ? never
    : Name]: Asked<Parts[Part][Name], RouterInputs[Part][Name], RouterOutputs[Part][Name]>;
};

/**
 * Every procedure of the server: `cofre.backups.list.query(…)` asks, `cofre.backups.create.mutate(…)` does. Spelled out here
 * instead of taken from tRPC's client, whose types only hold where the browser's are known.
 */
export type Procedures = { readonly [Part in keyof Parts]: Calls<Part> };
