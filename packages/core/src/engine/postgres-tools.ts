import { Fault } from "../model/fault.ts";
import { MAJOR_SQL, VERSION_SQL } from "./postgres-preflight.ts";
import { ask, run, type Session } from "./postgres-session.ts";

export interface ServerVersion {
  readonly version: string;
  readonly major: number;
}

export async function serverVersion(session: Session, database: string): Promise<ServerVersion> {
  const printed = await ask(session, [`select ${VERSION_SQL}`, `select ${MAJOR_SQL}`], { database });
  const [version = "", major = ""] = printed.split("\n");
  return { version, major: Number(major) };
}

/** Version of one of PostgreSQL's programs where the engine's tools run: `pg_dump (PostgreSQL) 15.18 (Debian 15.18-1)`. */
export async function toolVersion(session: Session, tool: string): Promise<string> {
  const { stdout } = await run(session, { argv: [tool, "--version"] });
  const version = /\(PostgreSQL\) (\S+)/.exec(stdout)?.[1];
  if (version !== undefined) return version;
  throw new Fault("server.tool-missing", `${tool} on ${session.reach.host.name} does not tell its version`, {
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
