/** What drivers and server say when nobody answers: of sockets, of postgres.js, and SQLSTATE's classes of lost connections and shut-downs. */
const AWAY =
  /^(ECONN\w+|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|CONNECT\w*|08\w{3}|57P0[1-5])$/;

/**
 * Whether this failed because the catalogue's database cannot be reached at the moment. Servers and stores never look like this:
 * their lost connections are faults with codes of their own.
 */
export function isCatalogueAway(error: unknown): boolean {
  for (let step: unknown = error; step instanceof Error; step = step.cause) {
    if ("code" in step && typeof step.code === "string" && AWAY.test(step.code)) return true;
  }
  return false;
}
