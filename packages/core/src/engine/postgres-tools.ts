import type { Command } from "../host/host.ts";
import { Fault } from "../model/fault.ts";
import type { Reach } from "./engine.ts";
import type { PostgresTarget } from "./postgres-target.ts";

export interface ServerVersion {
  readonly version: string;
  readonly major: number;
}

/**
 * Past Debian's Perl wrapper (`pg_wrapper` of postgresql-common), which costs more than a small question itself: the official images
 * have it first in their path, and name in PG_MAJOR where the programs are. Elsewhere the variable is not set, and nothing changes.
 */
export const PAST_WRAPPER = 'PATH="/usr/lib/postgresql/$PG_MAJOR/bin:$PATH"';

/** The same program, started by a shell: in a container, a server job may then lay a lane for its bytes. */
export function inShell(argv: readonly string[]): Command["argv"] {
  return ["sh", "-c", `${PAST_WRAPPER} exec "$@"`, "cofre", ...argv];
}

/** Version of one of PostgreSQL's programs where the engine's tools run: `pg_dump (PostgreSQL) 15.18 (Debian 15.18-1)`. */
export async function toolVersion(reach: Reach<PostgresTarget>, tool: string): Promise<string> {
  const { host, signal, tag } = reach;
  const { stdout } = await host.run({ argv: inShell([tool, "--version"]) }, { signal, tag });
  const version = /\(PostgreSQL\) (\S+)/.exec(stdout)?.[1];
  if (version !== undefined) return version;
  throw new Fault("server.tool-missing", `${tool} on ${host.name} does not tell its version`, {
    hint: "Install PostgreSQL's client programs there.",
    context: { printed: stdout.slice(0, 200) },
  });
}

/** First number of a version: from 10 on the major. `null` when there is none. */
export function majorOf(version: string | null): number | null {
  const digits = /^\d+/.exec(version ?? "")?.[0];
  return digits === undefined ? null : Number(digits);
}

/** Throws `engine.version` when the program is older than the server: it would fail, or leave out what it does not know. */
export function refuseOlderTool(tool: string, toolsVersion: string, server: ServerVersion): void {
  const toolMajor = majorOf(toolsVersion);
  if (toolMajor !== null && toolMajor >= server.major) return;
  throw new Fault(
    "engine.version",
    `${tool} ${toolsVersion} cannot work with a PostgreSQL ${server.version} server`,
    {
      hint: `Install the client programs of PostgreSQL ${server.major} on that server, or add the resource by its container.`,
      context: { tool: toolsVersion, server: server.version },
    },
  );
}
