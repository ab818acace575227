import type { Context as HonoContext } from "hono";
import type { Deps } from "../deps.ts";
import type { AddressOf } from "../limits/address.ts";
import type { Caller, Context } from "../trpc/context.ts";
import { createContext } from "../trpc/create-context.ts";

/** What our middleware keeps beside every request. */
export interface WebEnv {
  Variables: {
    requestId: string;
    address: string;
  };
}

export type WebContext = HonoContext<WebEnv>;

/** The socket's address, where there is a socket: tests call the app without one. */
export function connectionOf(c: HonoContext): string | undefined {
  const incoming: unknown = Reflect.get(c.env ?? {}, "incoming");
  if (typeof incoming !== "object" || incoming === null) return undefined;
  const socket: unknown = Reflect.get(incoming, "socket");
  if (typeof socket !== "object" || socket === null) return undefined;
  const address: unknown = Reflect.get(socket, "remoteAddress");
  return typeof address === "string" ? address : undefined;
}

export function addressIn(c: HonoContext, addressOf: AddressOf): string {
  return addressOf(connectionOf(c), c.req.header("x-forwarded-for"));
}

export function callerOf(c: WebContext, addHeader: Caller["addHeader"]): Caller {
  return {
    requestId: c.get("requestId"),
    address: c.get("address"),
    headers: c.req.raw.headers,
    signal: c.req.raw.signal,
    addHeader,
  };
}

/** The context of a request that is not tRPC's: cookies go straight into the answer. */
export async function contextOf(deps: Deps, c: WebContext): Promise<Context> {
  return await createContext(
    deps,
    callerOf(c, (name, value) => c.header(name, value, { append: true })),
  );
}
