import type { Command } from "../host/host.ts";
import { Fault, isFault } from "../model/fault.ts";
import { Secret } from "../model/secret.ts";
import type { Reach } from "./engine.ts";
import type { MongoTarget } from "./mongodb-target.ts";

/** The tools read a password from a file alone: here it is a here-document on a descriptor, from a variable that they do not inherit. */
const CONFIG = "COFRE_MONGO_CONFIG";
const LOGGED_IN = `
if [ -n "$${CONFIG}" ]; then
exec 3<<COFRE_END
$${CONFIG}
COFRE_END
unset ${CONFIG}
set -- "$@" --config=/dev/fd/3
fi
`;

/** A script that ends in one of MongoDB's tools, logged in by its last words. */
export function tool({ target }: Reach<MongoTarget>, script: string, words: readonly string[]): Command {
  const { host, port, username, password, database } = target;
  const login =
    username === undefined ? [] : [`--username=${username}`, `--authenticationDatabase=${database}`];
  return {
    argv: [
      "sh",
      "-c",
      `${LOGGED_IN}${script}`,
      "cofre",
      `--host=${host}`,
      `--port=${port}`,
      ...login,
      ...words,
    ],
    env: { LC_ALL: "C" },
    // A JSON text is a YAML text.
    ...(password === undefined
      ? {}
      : { secrets: { [CONFIG]: new Secret(`password: ${JSON.stringify(password.reveal())}`) } }),
  };
}

/** As the tool prints it. Throws `server.tool-missing` before anything was begun. */
export async function toolVersion(
  { host, signal, tag }: Reach<MongoTarget>,
  name: "mongodump" | "mongorestore",
): Promise<string> {
  const command: Command = { argv: [name, "--version"] };
  const ran = await host.run(command, { signal, tag }).catch((error: unknown) => {
    throw isFault(error, "server.tool-missing") ? noTool(host.name, name, error) : error;
  });
  const said = /^\S+ version: (.+)$/m.exec(ran.stdout)?.[1];
  if (ran.code === 0 && said !== undefined) return said.trim();
  throw noTool(host.name, name, ran.stderr.slice(-500));
}

function noTool(where: string, name: string, cause: unknown): Fault {
  return new Fault("server.tool-missing", `${name} does not run on ${where}`, {
    hint: "Use an image with MongoDB's database tools, or install them on the server and add the database there by host and port.",
    cause,
  });
}

/** The first tools that are documented for a server, newest first (release notes of MongoDB's database tools). */
const SUPPORTED_FROM = [
  { server: 8, tools: [100, 10, 0] },
  { server: 7, tools: [100, 8, 0] },
  { server: 6, tools: [100, 5, 0] },
  { server: 5, tools: [100, 4, 0] },
] as const;

/** Before these no tool knew time series, which servers have from version 5 on. */
const TIME_SERIES = { server: 5, tools: [100, 4, 0] } as const;

interface Versions {
  readonly tool: string;
  readonly server: string;
}

/**
 * Throws `engine.version` for tools that are known not to serve this server; a warning for those that are not documented for it. The
 * tools have versions of their own since 4.4, before that their server's. A build that does not tell its version is not judged.
 */
export function judgedTools(
  name: "mongodump" | "mongorestore",
  { tool, server }: Versions,
): readonly string[] {
  const [own, major] = [numbersOf(tool), numbersOf(server)?.[0]];
  if (own === undefined || major === undefined) return [];
  if (major >= TIME_SERIES.server && isOlder(own, TIME_SERIES.tools)) {
    throw new Fault("engine.version", `${name} ${tool} does not know all that MongoDB ${server} keeps`, {
      hint: `Install MongoDB's database tools ${needed(major)} or newer where they run.`,
      context: { tool, server },
    });
  }
  const wanted = SUPPORTED_FROM.find((one) => major >= one.server)?.tools;
  if (wanted === undefined || !isOlder(own, wanted)) return [];
  return [`${name} ${tool} is older than MongoDB ${server} is documented to need (${needed(major)})`];
}

function needed(major: number): string {
  return SUPPORTED_FROM.find((one) => major >= one.server)?.tools.join(".") ?? "100.0.0";
}

function numbersOf(version: string): readonly number[] | undefined {
  return /^[vr]?(\d+)\.(\d+)(?:\.(\d+))?/
    .exec(version)
    ?.slice(1)
    .map((digits) => Number(digits ?? 0));
}

function isOlder(own: readonly number[], than: readonly number[]): boolean {
  const at = than.findIndex((number, index) => number !== own[index]);
  return at >= 0 && (own[at] ?? 0) < (than[at] ?? 0);
}
