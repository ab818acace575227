import type { AppRouter } from "@cofre/api/router-type";
import {
  createTRPCClient,
  type HTTPLinkOptions,
  httpLink,
  httpSubscriptionLink,
  splitLink,
} from "@trpc/client";
import type { AnyClientTypes } from "@trpc/server/unstable-core-do-not-import";
import { EventSource } from "eventsource";
import { notCofre, ownError, toApiError } from "./api-error.ts";
import { bytesOf } from "./bytes.ts";
import { jobsOf } from "./follow.ts";
import type { Jobs } from "./jobs.ts";
import { type Objects, objectsOf } from "./objects.ts";
import type { Procedures } from "./procedures.ts";
import { type Downloads, downloadsOf } from "./transfer.ts";

/** Cofre from a program: the procedures by name, and what is more than one call. */
export type Cofre = Procedures & Jobs & Downloads & { readonly objects: Objects };

export interface CofreOptions {
  /** Where Cofre answers: `https://cofre.example.com`. */
  readonly url: string;
  /** Made in the panel, under Organization; starts with `cofre_`. */
  readonly apiKey: string;
}

/**
 * A client of one Cofre. No connection is made before the first call. Throws ApiError `input.invalid` for an address or a key that
 * cannot be one.
 *
 * @example
 * const cofre = createCofre({ url: "http://127.0.0.1:3210", apiKey: "cofre_…" });
 * const { job } = await cofre.backups.create.mutate({ resourceId });
 * await cofre.wait(job.id);
 */
export function createCofre({ url, apiKey }: CofreOptions): Cofre {
  const base = baseOf(url);
  const headers = { authorization: `Bearer ${checkedKey(apiKey)}` };
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
        false: httpLink({ url: `${base}/api/trpc`, headers, fetch: fetchFrom(base) }),
      }),
    ],
  });
  const telling = withApiErrors(procedures, base);
  const spelledOut: Procedures = telling;
  const bytes = bytesOf(base, headers);
  const extras = { ...jobsOf(telling), ...downloadsOf(bytes), ...objectsOf(bytes) };
  return new Proxy(spelledOut, {
    get: (target, name) => Reflect.get(name in extras ? extras : target, name),
  }) as Cofre; // checked: the proxy answers exactly the names of both
}

/** tRPC's client keeps nothing of an answer that is not JSON, not even its status: told here, before it reads on. */
function fetchFrom(base: string): NonNullable<HTTPLinkOptions<AnyClientTypes>["fetch"]> {
  return async (input, init) => {
    const answer = await fetch(input, { ...init, signal: init?.signal ?? null });
    if (/\bjson\b/.test(answer.headers.get("content-type") ?? "")) return answer;
    await answer.body?.cancel();
    throw notCofre(base, answer.status);
  };
}

function baseOf(url: string): string {
  const parsed = URL.parse(url);
  if (parsed?.protocol === "http:" || parsed?.protocol === "https:") return parsed.href.replace(/\/$/, "");
  throw ownError({
    code: "input.invalid",
    message: `"${url}" is not an http or https address`,
    hint: "Write it like http://127.0.0.1:3210.",
  });
}

/** What no key can be is told here: in a header it would only make the call fail, and the reason would show the key. */
function checkedKey(apiKey: string): string {
  if (/^[\x21-\x7e]+$/.test(apiKey)) return apiKey;
  throw ownError({
    code: "input.invalid",
    message:
      apiKey === "" ? "the API key is empty" : "the API key has spaces, line breaks or other letters in it",
    hint: "Pass the key as it was shown when it was made: cofre_ and letters, digits, _ and -.",
  });
}

/** The same client; every rejected call is an ApiError, or the reason of the signal that aborted it. */
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
        const signal = signalIn(args[1]);
        throw signal?.aborted === true ? signal.reason : toApiError(error, url);
      });
    },
  });
}

function signalIn(options: unknown): AbortSignal | undefined {
  if (typeof options !== "object" || options === null || !("signal" in options)) return undefined;
  return options.signal instanceof AbortSignal ? options.signal : undefined;
}
