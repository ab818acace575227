import type { ContainerFacts } from "../host/container-facts.ts";
import type { Detected } from "./engine.ts";

const IMAGES =
  /^(redis|valkey|keydb|redis-stack|redis-stack-server|redis-cluster|valkey-cluster|redis-full)$/;
const PROCESSES = /^(redis|valkey|keydb)-server$/;
const PASSWORDS = ["REDIS_PASSWORD", "VALKEY_PASSWORD", "REDIS_PASS", "KEYDB_PASSWORD"] as const;
const PORTS = ["REDIS_PORT_NUMBER", "VALKEY_PORT_NUMBER"] as const;

/**
 * Redis and its forks, by image under any registry and tag, else by the main process. Not what only talks to one (redis-commander,
 * exporters), not Sentinel, not a sidecar of ours. A password that is only in a config file is not found here.
 */
export function detectRedis(container: ContainerFacts): Detected | undefined {
  if (!isRedis(container)) return undefined;
  const words = wordsOf(container);
  const password = afterFlag(words, "--requirepass") ?? firstOf(container.env, PASSWORDS);
  const passwordFile = firstOf(
    container.env,
    PASSWORDS.map((name) => `${name}_FILE`),
  );
  return {
    config: {
      host: "127.0.0.1",
      port: portOf(container, words),
      ...(password === undefined ? {} : { password }),
    },
    files: password === undefined && passwordFile !== undefined ? { password: passwordFile } : {},
    version: /:v?(\d+(?:\.\d+)*)/.exec(container.image.split("/").at(-1) ?? "")?.[1] ?? null,
  };
}

function isRedis({ image, process, argv, labels }: ContainerFacts): boolean {
  if ("cofre.job" in labels) return false;
  if (argv.some((word) => /(^|\/)(redis|valkey|keydb)-sentinel$|^--sentinel$/.test(word))) return false;
  if (process !== null && PROCESSES.test(process)) return true;
  const name = (image.split("/").at(-1) ?? "").replace(/[:@].*$/, "");
  return IMAGES.test(name);
}

function portOf({ env }: ContainerFacts, words: readonly string[]): number {
  const port = Number(afterFlag(words, "--port") ?? firstOf(env, PORTS) ?? 6379);
  return Number.isInteger(port) && port > 0 && port < 65_536 ? port : 6379;
}

/** Words of the command line, those inside `sh -c "…"` too, with variables of the environment put in. */
function wordsOf({ argv, env }: ContainerFacts): readonly string[] {
  const isShell = /(^|\/)(ba|da|a)?sh$/.test(argv[0] ?? "") || argv.includes("-c");
  const split = argv.flatMap((word) => (isShell && /\s/.test(word) ? shellWords(word, env) : [word]));
  const extra = env.REDIS_ARGS ?? env.VALKEY_ARGS ?? env.REDIS_EXTRA_FLAGS ?? env.VALKEY_EXTRA_FLAGS;
  return extra === undefined ? split : [...split, ...shellWords(extra, env)];
}

function shellWords(text: string, env: Readonly<Record<string, string>>): readonly string[] {
  const words = text.match(/(?:[^\s"';&|]+|"(?:[^"\\]|\\.)*"|'[^']*')+/g) ?? [];
  return words.map((word) =>
    word.replace(
      /"((?:[^"\\]|\\.)*)"|'([^']*)'|([^"']+)/g,
      (_, double?: string, single?: string, bare?: string) =>
        single ?? expanded((double ?? bare ?? "").replaceAll(/\\(.)/g, "$1"), env),
    ),
  );
}

function expanded(text: string, env: Readonly<Record<string, string>>): string {
  return text.replace(
    /\$(?:\{(\w+)(?::?-([^}]*))?\}|(\w+))/g,
    (_, braced?: string, fallback?: string, bare?: string) => env[braced ?? bare ?? ""] ?? fallback ?? "",
  );
}

function afterFlag(words: readonly string[], flag: string): string | undefined {
  const at = words.findLastIndex((word) => word === flag || word.startsWith(`${flag}=`));
  if (at < 0) return undefined;
  const value = words[at] === flag ? words[at + 1] : words[at]?.slice(flag.length + 1);
  return value === undefined || value === "" ? undefined : value;
}

function firstOf(env: Readonly<Record<string, string>>, names: readonly string[]): string | undefined {
  return names.map((name) => env[name]).find((value) => value !== undefined && value !== "");
}
