import { Fault } from "@cofre/core/model";

/**
 * Refuses changes that another site's page asks for with our user's cookie. Requests with an Authorization header come from
 * programs: no page can make a browser add one.
 *
 * @throws Fault `auth.forbidden`
 */
export function requireSameOrigin(request: Request, publicUrl: string | undefined): void {
  if (["GET", "HEAD", "OPTIONS"].includes(request.method) || request.headers.has("authorization")) return;
  const origin = request.headers.get("origin");
  if (origin !== null && isOurs(origin, request, publicUrl)) return;
  const site = request.headers.get("sec-fetch-site");
  if (origin === null && site === "same-origin") return;
  // Neither header: no browser. Without a cookie there is nothing to be stolen.
  if (origin === null && site === null && !request.headers.has("cookie")) return;
  throw new Fault("auth.forbidden", "this request came from another site's page", {
    hint: "Open Cofre at its own address; behind a proxy, set COFRE_PUBLIC_URL to that address.",
  });
}

function isOurs(origin: string, request: Request, publicUrl: string | undefined): boolean {
  if (publicUrl !== undefined && origin === new URL(publicUrl).origin) return true;
  const host = request.headers.get("host") ?? new URL(request.url).host;
  return URL.canParse(origin) && new URL(origin).host === host;
}
