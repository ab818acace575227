/** Where to go after signing in: a path of this panel and nothing else, so that no link can send a person elsewhere. */
export function safeReturn(from: unknown): string {
  if (typeof from !== "string" || !/^\/(?![/\\])/.test(from)) return "/";
  return from.startsWith("/sign-in") || from.startsWith("/setup") ? "/" : from;
}
