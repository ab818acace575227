import type { Command } from "../host/host.ts";
import type { RedisTarget } from "./redis-target.ts";

/** Finds a tool under the names that Redis and its forks give it; 127 when there is none. */
export const TOOL = `
tool() {
  for name in "redis-$1" "valkey-$1" "keydb-$1"; do
    if command -v "$name" > /dev/null 2>&1; then echo "$name"; return 0; fi
  done
  echo "there is no redis-$1 here" >&2
  return 127
}
`;

/**
 * A POSIX script beside the server, with the login as $1 host, $2 port, $3 user (may be empty) and the rest after it. The password
 * is REDISCLI_AUTH, which redis-cli and valkey-cli read themselves.
 */
export function beside(target: RedisTarget, script: string, rest: readonly string[] = []): Command {
  return {
    argv: [
      "sh",
      "-c",
      TOOL + script,
      "cofre",
      target.host,
      String(target.port),
      target.username ?? "",
      ...rest,
    ],
    ...(target.password === undefined ? {} : { secrets: { REDISCLI_AUTH: target.password } }),
  };
}
