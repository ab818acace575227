import type { AppRouter } from "@cofre/api/router-type";
import { FAULTS, type FaultCode } from "@cofre/core/model";
import {
  createTRPCClient,
  httpLink,
  httpSubscriptionLink,
  splitLink,
  type TRPCClient,
  TRPCClientError,
} from "@trpc/client";
import type { inferRouterInputs, inferRouterOutputs } from "@trpc/server";

export type PanelApi = TRPCClient<AppRouter>;
export type RouterInputs = inferRouterInputs<AppRouter>;
export type RouterOutputs = inferRouterOutputs<AppRouter>;

/** A fault as the panel shows it. `status` is 0 when no answer came at all. */
export interface PanelFault {
  readonly code: FaultCode | "offline";
  readonly message: string;
  readonly hint: string | null;
  readonly status: number;
  readonly requestId: string;
  readonly context: Readonly<Record<string, string | number | boolean | null>>;
  readonly errors: readonly { readonly path: string; readonly message: string }[];
}

/**
 * The client of the panel: same origin, the session's cookie. Calls are not batched, so that one slow server never
 * holds back what the database already knows; events share one stream.
 */
export function createPanelApi(options: { readonly baseUrl: string }): PanelApi {
  const url = `${options.baseUrl}/api/trpc`;
  return createTRPCClient<AppRouter>({
    links: [
      splitLink({
        condition: (operation) => operation.type === "subscription",
        true: httpSubscriptionLink({ url }),
        false: httpLink({ url }),
      }),
    ],
  });
}

/** Whatever a call threw, in one shape. */
export function panelFault(error: unknown): PanelFault {
  const told = error instanceof TRPCClientError ? faultIn(error.data) : undefined;
  if (told !== undefined) return told;
  const unreachable = error instanceof TRPCClientError || error instanceof TypeError;
  return {
    code: unreachable ? "offline" : "bug",
    message: error instanceof Error ? error.message : String(error),
    hint: null,
    status: 0,
    requestId: "",
    context: {},
    errors: [],
  };
}

function faultIn(data: unknown): PanelFault | undefined {
  if (typeof data !== "object" || data === null || !("fault" in data)) return undefined;
  return isFault(data.fault) ? data.fault : undefined;
}

function isFault(value: unknown): value is PanelFault {
  if (typeof value !== "object" || value === null) return false;
  return "code" in value && typeof value.code === "string" && value.code in FAULTS;
}
