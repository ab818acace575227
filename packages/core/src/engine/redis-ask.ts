import { Fault } from "../model/fault.ts";
import { redact } from "../model/secret.ts";
import type { Reach } from "./engine.ts";
import { beside } from "./redis-shell.ts";
import type { RedisTarget } from "./redis-target.ts";

const ASK = `
cli=$(tool cli) || exit 127
exec "$cli" -h "$1" -p "$2" \${3:+--user "$3"}
`;

/**
 * Sends commands (constant words, one a line) in one connection and returns the reply to each as redis-cli prints it; an error
 * reply is its text. Throws `target.auth`, `target.permission`, `target.unreachable` when none can be had.
 */
export async function ask(
  reach: Reach<RedisTarget>,
  commands: readonly string[],
): Promise<readonly string[]> {
  // redis-cli prints replies without a mark between them, so each is followed by one of ours.
  const mark = `cofre-${reach.tag}`;
  const stdin = commands.map((command) => `${command}\nECHO ${mark}\n`).join("");
  const ran = await reach.host.run(beside(reach.target, ASK), {
    stdin,
    signal: reach.signal,
    tag: reach.tag,
  });
  const replies = ran.stdout.replaceAll("\r", "").split(`${mark}\n`);
  if (replies.length === commands.length + 1) {
    return replies.slice(0, -1).map((reply) => reply.replace(/\n+$/, ""));
  }
  throw refusal(reach, `${ran.stdout}\n${ran.stderr}`);
}

/** Fields of INFO, by name. */
export function fieldsOf(info: string): Readonly<Record<string, string>> {
  const fields: Record<string, string> = {};
  for (const line of info.split("\n")) {
    const at = line.indexOf(":");
    if (at > 0) fields[line.slice(0, at)] = line.slice(at + 1);
  }
  return fields;
}

/** As the server calls itself: a Valkey also tells the Redis that it is compatible with. */
export function versionOf(fields: Readonly<Record<string, string>>): string | undefined {
  return fields.valkey_version ?? fields.redis_version;
}

/** The value in a reply to CONFIG GET of one name; undefined when the server does not know it or does not tell. */
export function settingOf(reply: string, name: string): string | undefined {
  const [first, ...value] = reply.split("\n");
  return first === name ? value.join("\n") : undefined;
}

/** Keys of all databases together, from INFO keyspace. */
export function keysOf(info: string): number {
  const counts = [...info.matchAll(/^db\d+:keys=(\d+)/gm)].map((match) => Number(match[1]));
  return counts.reduce((sum, count) => sum + count, 0);
}

function refusal({ host, target }: Reach<RedisTarget>, said: string): Fault {
  const words = redact(said.trim().slice(0, 1000), target.password === undefined ? [] : [target.password]);
  const context = { said: words };
  const where = `${target.host}:${target.port} on ${host.name}`;
  if (/NOAUTH|WRONGPASS|invalid password|without any password configured/i.test(said)) {
    return new Fault("target.auth", `logging in to Redis at ${where} was refused`, {
      hint: "Check the password, and the user name where the server has users of its own.",
      context,
    });
  }
  if (/NOPERM/.test(said)) {
    return new Fault("target.permission", `the user of Redis at ${where} may not run what a backup needs`, {
      hint: "Give a user with the rights of an administrator (+@all), or the default user.",
      context,
    });
  }
  if (/^LOADING|BUSY /m.test(said)) {
    return new Fault("target.unreachable", `Redis at ${where} is still loading its data`, {
      hint: "Wait until it has loaded, then try again.",
      context,
    });
  }
  return new Fault("target.unreachable", `Redis at ${where} did not answer`, {
    hint: "Look whether it runs there and listens on that port.",
    context,
  });
}
