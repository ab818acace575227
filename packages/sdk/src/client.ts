import type { AppRouter } from "@cofre/api/router-type";
import { createTRPCClient, httpLink, httpSubscriptionLink, splitLink, type TRPCClient } from "@trpc/client";
import type { inferRouterInputs, inferRouterOutputs } from "@trpc/server";
import { EventSource } from "eventsource";
import { toApiError } from "./api-error.ts";
import { type Jobs, jobsOf } from "./jobs.ts";
import { type Downloads, downloadsOf } from "./transfer.ts";

export type RouterInputs = inferRouterInputs<AppRouter>;
export type RouterOutputs = inferRouterOutputs<AppRouter>;
export type Project = RouterOutputs["projects"]["list"]["items"][number];
export type Server = RouterOutputs["servers"]["list"]["items"][number];
export type Resource = RouterOutputs["resources"]["list"]["items"][number];
export type Backup = RouterOutputs["backups"]["list"]["items"][number];
export type Job = RouterOutputs["jobs"]["list"]["items"][number];

/** Every procedure of the server, typed; errors are ApiErrors. */
export type Procedures = TRPCClient<AppRouter>;

/** Cofre from a program: the procedures by name, and what is more than one call. */
export type Cofre = Procedures & { readonly follow: Jobs["follow"]; readonly wait: Jobs["wait"] } & Downloads;

export interface CofreOptions {
  /** Where Cofre answers: `https://cofre.example.com`. */
  readonly url: string;
  /** Made in the panel, under Organization; starts with `cofre_`. */
  readonly apiKey: string;
}

/**
 * A client of one Cofre. No connection is made before the first call.
 *
 * @example
 * const cofre = createCofre({ url: "http://127.0.0.1:3210", apiKey: "cofre_…" });
 * const { backups, job } = await cofre.backups.create.mutate({ resourceId });
 * await cofre.wait(job.id);
 */
export function createCofre({ url, apiKey }: CofreOptions): Cofre {
  const base = new URL(url).href.replace(/\/$/, "");
  const headers = { authorization: `Bearer ${apiKey}` };
  const procedures = createTRPCClient<AppRouter>({
    links: [
      splitLink({
        condition: (operation) => operation.type === "subscription",
        true: httpSubscriptionLink({
          url: `${base}/api/trpc`,
          EventSource,
          eventSourceOptions: () => ({
            // A browser's EventSource knows no headers, and a key in the address would end in logs.
            fetch: (input: string | URL, init?: RequestInit) =>
              fetch(input, {
                ...init,
                headers: { ...Object.fromEntries(new Headers(init?.headers)), ...headers },
              }),
          }),
        }),
        false: httpLink({ url: `${base}/api/trpc`, headers }),
      }),
    ],
  });
  const telling = withApiErrors(procedures, base);
  const { follow, wait } = jobsOf(telling, base);
  const extras = { follow, wait, ...downloadsOf(base, headers) };
  return new Proxy(telling, {
    get: (target, name) => (name in extras ? Reflect.get(extras, name) : Reflect.get(target, name)),
  }) as Cofre; // checked: the proxy answers exactly the names of both
}

/** The same client, every rejected call turned into an ApiError. */
function withApiErrors<Client extends object>(client: Client, url: string): Client {
  return new Proxy(client, {
    get(target, name) {
      const inner: unknown = Reflect.get(target, name);
      const isNode = (typeof inner === "object" && inner !== null) || typeof inner === "function";
      return isNode ? withApiErrors(inner, url) : inner;
    },
    apply(target, self, args) {
      const result: unknown = Reflect.apply(target as () => unknown, self, args); // checked: only functions are applied
      if (!(result instanceof Promise)) return result;
      return result.catch((error: unknown) => {
        throw toApiError(error, url);
      });
    },
  });
}
