import type { MiddlewareHandler } from "hono";
import { secureHeaders } from "hono/secure-headers";

const POLICY = "content-security-policy";

/**
 * What the panel's pages may do: run our own scripts and styles, talk to their own origin, and nothing else. An answer that says more
 * strictly itself what it may do, as somebody's objects do, keeps that.
 */
export function securityHeaders(isHttps: boolean): MiddlewareHandler {
  const ofPages = pageHeaders(isHttps);
  return async (c, next) => {
    let own: string | null = null;
    await ofPages(c, async () => {
      await next();
      own = c.res.headers.get(POLICY);
    });
    if (own !== null) c.res.headers.set(POLICY, own);
  };
}

function pageHeaders(isHttps: boolean): MiddlewareHandler {
  return secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      // Positioned menus and progress bars set style attributes.
      styleSrc: ["'self'", "'unsafe-inline'"],
      imgSrc: ["'self'", "data:"],
      fontSrc: ["'self'"],
      connectSrc: ["'self'"],
      // A PDF of a bucket, which the panel read and gave its type: nothing from any address is framed.
      frameSrc: ["blob:"],
      manifestSrc: ["'self'"],
      frameAncestors: ["'none'"],
      baseUri: ["'none'"],
      formAction: ["'self'"],
    },
    crossOriginResourcePolicy: "same-origin",
    crossOriginOpenerPolicy: "same-origin",
    referrerPolicy: "no-referrer",
    strictTransportSecurity: isHttps ? "max-age=31536000; includeSubDomains" : false,
    xFrameOptions: "DENY",
    permissionsPolicy: { camera: [], microphone: [], geolocation: [], payment: [] },
  });
}
